//! What several features show: words for refusals and exceptions, the studio's settings and people, member picker, pass chip.
//!
//! A part knows records and words; it must never know a feature. What a feature gives to others goes through here.

pub mod answers;
pub mod backup;
pub mod catalogue;
pub mod courts;
pub mod doing;
pub mod door;
pub mod empty;
pub mod exceptions;
pub mod han;
pub mod kiosk;
pub mod map;
pub mod member_file;
pub mod members;
pub mod odd;
pub mod one_to_one;
pub mod pages;
pub mod passes;
pub mod pins;
pub mod purse;
pub mod reached;
pub mod refusals;
pub mod scanning;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod signing;
pub mod sound;
pub mod tenders;
pub mod visits;
