//! The hub's face: routes, who may call them, and the pages of the app. Knows no kind of record.

mod call;
pub(crate) mod fault;
mod headers;
pub(crate) mod limits;
mod pages;
mod routes;

pub(crate) use call::{Answer, COOKIE, Call, Session, json, no_content};
pub use pages::Pages;
pub use routes::{Needs, Route, router, routes};
