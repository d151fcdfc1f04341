//! What every slice stands on: ids, money, time, records, commands, decisions, access, ledgers.
//!
//! Nothing in here may name a slice: a new capability must not need a line in this folder.

pub mod access;
pub mod alias;
pub mod catalogue;
pub mod command;
pub mod decide;
pub mod devices;
pub mod edit;
pub mod erasure;
pub mod exceptions;
pub mod facts;
pub mod feed;
pub mod ids;
pub mod json;
pub mod keys;
pub mod lease;
pub mod ledger;
pub mod money;
pub mod number;
pub mod order;
pub mod planted;
pub mod record;
#[cfg(feature = "sealing")]
pub mod seal;
#[cfg(feature = "sealing")]
pub mod secret;
pub mod text;
pub mod time;

pub use access::{Principal, Role, Scope};
pub use alias::{Alias, Circle};
pub use catalogue::{Catalogue, Reaction, Slice, View};
pub use command::{Class, Command, CommandDef, Edit, Fact, Input, Request};
pub use decide::{Authority, Ctx, Decision, Hold, Outcome, RefusalBody, Verdict};
pub use erasure::{Erased, Fate, Tells};
pub use exceptions::{Exception, ExceptionDraft};
pub use facts::{Answer, Facts, Want};
pub use ids::{CommandId, DeviceId, Id, PersonId, StudioId};
pub use keys::{KeyRow, Keys};
pub use money::{Currency, Money};
pub use number::Number;
pub use planted::{Planted, planted};
pub use record::{Change, KindDef, KindName, Record, RecordBody, SearchRow, Temperature};
pub use time::{Timestamp, Zone};
