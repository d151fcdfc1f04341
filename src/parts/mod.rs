//! What several features show: words for refusals and exceptions, the studio's settings and people, member picker, pass chip.
//!
//! A part knows records and words; it must never know a feature. What a feature gives to others goes through here.

pub mod exceptions;
pub mod refusals;
pub mod settings;
