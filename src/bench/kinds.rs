//! The harness's members and visits as kinds of record, with a catalogue of their own.

use rollcall_domain::kernel::catalogue::Telling;
use rollcall_domain::kernel::ids::{Uuid, named};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{
    Catalogue, Id, Keys, KindDef, RecordBody, Scope, SearchRow, Slice, Temperature, Timestamp,
};
use rollcall_domain::registry;
use serde::{Deserialize, Serialize};

/// A member as the harness gives it. Fields that are not listed stay in the body, which is kept as it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BenchMember {
    id: String,
    card_no: String,
    name: String,
    name_key: String,
    phone: String,
}

impl RecordBody for BenchMember {
    const KIND: &'static str = "bench_member";
    fn id(&self) -> Id {
        id_of(&self.id)
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::desk()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.unique("bench_member.card_no", KeyValue::of(self.card_no.as_str()));
        keys.shared("bench_member.phone", KeyValue::of(self.phone.as_str()));
        keys.shared("bench_member.name", KeyValue::of(self.name.as_str()));
    }
    fn search(&self) -> Option<SearchRow> {
        let words = format!(
            "{} {} {}",
            phrase(&self.name_key),
            phrase(&self.phone),
            phrase(&self.card_no.to_lowercase())
        );
        Some(SearchRow { subject: id_of(&self.id), sort: self.name.clone(), words })
    }
}

/// The harness looks for one substring, spaces included; the search takes spaces as the end of a word.
pub(super) fn phrase(text: &str) -> String {
    text.replace(' ', "\u{2}")
}

/// A visit or a line of points: history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BenchLine {
    id: serde_json::Value,
    #[serde(default)]
    member_id: String,
    #[serde(default)]
    at: serde_json::Value,
}

impl RecordBody for BenchLine {
    const KIND: &'static str = "bench_line";
    const TEMPERATURE: Temperature = Temperature::Cold;
    fn id(&self) -> Id {
        line_id(&self.id)
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::desk()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("bench_line.member", KeyValue::of(self.member_id.as_str()));
    }
    fn happened_at(&self) -> Timestamp {
        let text =
            || chrono::DateTime::parse_from_rfc3339(self.at.as_str()?).ok().map(|at| at.timestamp_millis());
        Timestamp(self.at.as_i64().or_else(text).unwrap_or(0))
    }
}

/// The id of a line.
pub(super) fn line_id(id: &serde_json::Value) -> Id {
    match id {
        serde_json::Value::String(text) => id_of(text),
        other => id_of(&other.to_string()),
    }
}

/// The harness's ids are texts; most are UUIDs, or short enough to be one.
pub(super) fn id_of(text: &str) -> Id {
    if let Ok(id) = Uuid::try_parse(text) {
        return id;
    }
    let mut bytes = [0; 16];
    match bytes.get_mut(..text.len()) {
        Some(head) => {
            head.copy_from_slice(text.as_bytes());
            Uuid::from_bytes(bytes)
        }
        None => named(Uuid::nil(), text.as_bytes()),
    }
}

pub(super) static BENCH: Catalogue = Catalogue {
    slices: &[Slice {
        name: "bench",
        kinds: &[KindDef::of::<BenchMember>(), KindDef::of::<BenchLine>()],
        commands: &[],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    }],
    zone_want: registry::catalogue().zone_want,
    person: registry::catalogue().person,
    zone: registry::catalogue().zone,
};
