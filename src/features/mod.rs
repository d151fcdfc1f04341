//! The screens, a folder each. A feature never knows another one: what they share is in `parts`.

pub mod exceptions;
pub mod import;
pub mod members;
pub mod settings;
pub mod start;
pub mod today;
