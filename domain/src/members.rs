//! The members slice: who trains here, how to reach them, what they signed. It knows no pass, no payment and no visit.

pub mod application;
pub mod archive;
pub mod cards;
pub mod change;
pub mod consent;
pub mod contact;
pub mod document;
pub mod duplicates;
pub mod enrol;
pub mod erase;
pub mod exception;
pub mod first_name;
pub mod guardian;
pub mod health;
pub mod history;
pub mod identity;
pub mod merge;
pub mod person;
pub mod phone;
pub mod region;
pub mod terms;

pub use application::{Application, ApplicationFlaw, Field, Flaw};
pub use archive::{ArchiveMember, ArchiveRefusal, RestoreMember};
pub use change::{ChangeMember, MemberEdits, Part};
pub use consent::{Consent, SignTerms, Signature, SignedBy, Signer};
pub use contact::{Contact, Emergency};
pub use document::{Document, DocumentEntry, RecordDocument, ShowDocument, ShowNote, ShowReason};
pub use duplicates::{Different, NotSamePerson, Reason};
pub use enrol::EnrolMember;
pub use erase::{EraseMember, EraseRefusal};
pub use exception::MembersException;
pub use first_name::first_name;
pub use guardian::{Guardian, GuardianEntry};
pub use health::{Health, HealthEntry};
pub use history::{FileEntry, FileEvent};
pub use identity::DocumentKind;
pub use merge::{Merge, MergeMembers, MergeRefusal, UNMERGE_DAYS, UnmergeMembers, UnmergeRefusal};
pub use person::{Archived, BIRTH_KEY, Member, MemberId, Sex, SignedTerms};
pub use region::Region;
pub use terms::{PublishRefusal, PublishTerms, Statutory, Terms, TermsId, TermsText};

/// The slice's name in refusals and exceptions.
pub const SLICE: &str = "members";
/// Characters a single-line field may have.
pub const LINE_CHARS_MAX: usize = 120;
/// Characters a note may have.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Below this age somebody else signs.
pub const ADULT_YEARS: i32 = 18;

#[cfg(test)]
mod tests;
