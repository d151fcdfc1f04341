//! The app: what a studio's people see and press. It decides nothing by itself; rules live in `domain`.

pub mod fmt;
pub mod remember;
pub mod tr;
pub mod ui;
