//! Members: the list, the file beside it, registration, editing, two entries that are one person, documents, terms and
//! signatures.
//!
//! It shows what other slices add to a file through `parts::member_file` and names none of them.

mod documents;
mod draft;
mod edit;
mod erase;
mod fields;
mod file;
mod history;
mod list;
mod merge;
mod register;
mod state;
mod terms;
mod twins;
mod words;

pub use edit::EditMember;
pub use list::Members;
pub use merge::MergeDesk;
pub use register::Register;
pub use terms::PAGE as TERMS_PAGE;
pub use words::{KERNEL_TELLING, SAYING, TELLING};
