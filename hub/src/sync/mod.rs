//! What devices say to the hub and hear from it, over HTTP. Knows no kind of record.

pub(crate) mod history;
pub(crate) mod news;
pub(crate) mod pull;
pub(crate) mod push;
