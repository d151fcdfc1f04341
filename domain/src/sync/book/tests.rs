use uuid::Uuid;

use super::*;
use crate::kernel::command::{Command, Input};
use crate::kernel::decide::Authority;
use crate::kernel::ids::{DeviceId, PersonId, StudioId};
use crate::kernel::{Role, Timestamp};
use crate::registry;
use crate::studio::{self, ChangeSettings, OpenStudio, OwnerName, Person, PersonName, Section, Settings};

const STUDIO: StudioId = StudioId(Uuid::from_u128(1));

struct Desk {
    book: Book<MemConfirmed>,
    next: u128,
}

impl Desk {
    /// A device whose hub has confirmed an open studio at sequence 1.
    fn synced() -> Self {
        let mut desk = Self {
            book: Book::new(registry::catalogue(), MemConfirmed::new(registry::catalogue())),
            next: 100,
        };
        let open = OpenStudio {
            name: "Riverside".to_owned(),
            zone: Default::default(),
            currency: Default::default(),
            language: "en".to_owned(),
            sections: vec![Section::Indoor],
            sample: false,
        };
        let case = desk.case(&open, &OwnerName::default());
        let changes = desk.changes(&case);
        desk.book.absorb(&rows_of(&changes, 1), 1);
        desk
    }

    fn case<C: Command>(&mut self, command: &C, personal: &C::Personal) -> Case {
        self.next += 1;
        Case {
            input: Input::encode(command, personal).unwrap(),
            command: CommandId(Uuid::from_u128(self.next)),
            studio: STUDIO,
            device: DeviceId(Uuid::from_u128(2)),
            actor: PersonId(Uuid::from_u128(3)),
            role: Role::Owner,
            effective_at: Timestamp(1_795_309_200_000),
            authority: Authority::Prediction,
        }
    }

    fn changes(&self, case: &Case) -> Vec<Change> {
        match decide_now(registry::catalogue(), case, |want| self.book.answer(want)) {
            Verdict::Decided { changes, .. } => changes,
            other => panic!("{other:?}"),
        }
    }

    fn wait<C: Command>(&mut self, command: &C, personal: &C::Personal) -> CommandId {
        let case = self.case(command, personal);
        let predicted = decide_now(registry::catalogue(), &case, |want| self.book.answer(want));
        let changes = self.changes(&case);
        let id = case.command;
        self.book.add(Pending { case, changes, predicted, hub_seq: None, loaded: Vec::new() });
        id
    }

    fn settings(&self) -> (Settings, bool) {
        let seen = self.book.get("settings", studio::settings_id(STUDIO)).unwrap();
        (seen.record.read().unwrap(), seen.pending)
    }
}

fn rename(seen_revision: u32, name: &str) -> ChangeSettings {
    ChangeSettings {
        seen_revision,
        name: name.to_owned(),
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        window_minutes: 180,
        closing_minute: 0,
        guardian_may_sign: true,
    }
}

#[test]
fn what_waits_is_shown_and_marked_and_never_written_to_the_confirmed_side() {
    let mut desk = Desk::synced();
    desk.wait(&rename(1, "Hillside"), &());
    assert_eq!((desk.settings().0.name.as_str(), desk.settings().1), ("Hillside", true));
    let confirmed: Settings =
        desk.book.confirmed().get("settings", studio::settings_id(STUDIO)).unwrap().read().unwrap();
    assert_eq!(confirmed.name, "Riverside");
}

#[test]
fn an_answered_command_stays_until_its_effect_has_arrived_so_that_nothing_flickers() {
    let mut desk = Desk::synced();
    let id = desk.wait(&rename(1, "Hillside"), &());
    desk.book.answered(&[(id, Some(Outcome::Accepted), 2)], 1);
    assert_eq!(desk.settings().0.name, "Hillside");
    let changes = desk.book.pending()[0].changes.clone();
    desk.book.absorb(&rows_of(&changes, 2), 2);
    assert!(desk.book.pending().is_empty());
    assert_eq!((desk.settings().0.name.as_str(), desk.settings().1), ("Hillside", false));
}

#[test]
fn a_refused_command_leaves_and_the_screen_goes_back() {
    let mut desk = Desk::synced();
    let id = desk.wait(&rename(1, "Hillside"), &());
    let why = crate::kernel::RefusalBody {
        slice: "studio".to_owned(),
        why: serde_json::json!({"code": "changed_meanwhile"}),
    };
    let touched = desk.book.answered(&[(id, Some(Outcome::Refused { why }), 2)], 1);
    assert_eq!(touched, [("settings".into(), studio::settings_id(STUDIO))]);
    assert_eq!(desk.settings().0.name, "Riverside");
}

#[test]
fn a_held_command_stays_shown_until_its_outcome() {
    let mut desk = Desk::synced();
    let id = desk.wait(&rename(1, "Hillside"), &());
    desk.book.answered(&[(id, None, 2)], 5);
    assert_eq!(desk.settings().0.name, "Hillside");
}

#[test]
fn news_from_elsewhere_is_rebased_under_what_waits() {
    let mut desk = Desk::synced();
    desk.wait(&rename(1, "Hillside"), &());
    // Somebody else's change came first: ours was made on revision 1 and can no longer succeed.
    let theirs = Settings { revision: 2, name: "Seaside".to_owned(), ..desk.settings().0 };
    let mut decision = crate::kernel::Decision::nothing();
    decision.put(&theirs);
    desk.book.absorb(&rows_of(&decision.changes, 2), 2);
    assert_eq!((desk.settings().0.name.as_str(), desk.settings().1), ("Seaside", false));
    assert!(matches!(
        desk.book.pending()[0].predicted,
        Verdict::Decided { outcome: Outcome::Refused { .. }, .. }
    ));
}

#[test]
fn a_second_waiting_command_builds_on_the_first() {
    let mut desk = Desk::synced();
    desk.wait(&rename(1, "Hillside"), &());
    desk.wait(&rename(2, "Lakeside"), &());
    assert_eq!(desk.settings().0.revision, 3);
}

#[test]
fn key_answers_include_what_waits() {
    let mut desk = Desk::synced();
    let person = PersonId(Uuid::from_u128(77));
    desk.wait(
        &studio::AddPerson { person_id: person, role: Role::Desk },
        &PersonName { name: "Front".to_owned() },
    );
    let ids: Vec<Id> =
        desk.book.overlaid(<Person as crate::kernel::RecordBody>::KIND).map(|(id, _)| id).collect();
    assert_eq!(ids, [person.raw()]);
}

mod laid_over {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::ledger::Balance;
    use crate::kernel::record::{Change, RecordBody as _};

    const KEY: &str = "balance.account";

    fn uuid(n: u8) -> Uuid {
        Uuid::from_u128(u128::from(n))
    }

    /// A record of a few, under an account of a few, or its absence.
    fn change((id, account): (u8, Option<u8>)) -> Change {
        let body = account.map(|account| Balance {
            id: uuid(id),
            account: uuid(account),
            unit: "visits".to_owned(),
            sum: 1,
            count: 1,
            last_entry: uuid(0),
            whose: None,
        });
        let body = body.map(|body| serde_json::to_string(&body).unwrap().into());
        Change { kind: Balance::KIND.into(), kind_version: 1, id: uuid(id), body }
    }

    fn changes() -> impl Strategy<Value = Vec<Change>> {
        proptest::collection::vec((0u8..12, proptest::option::weighted(0.7, 0u8..6)).prop_map(change), 0..20)
    }

    fn ids(answer: &Answer) -> Vec<Id> {
        answer.records.iter().map(|r| r.id).collect()
    }

    proptest! {
        #[test]
        fn predictions_are_found_as_if_they_were_confirmed(confirmed in changes(), waits in changes(), from in 0u8..6, more in 0u8..3, limit in 1u32..6) {
            let catalogue = registry::catalogue();
            let mut desk = Desk { book: Book::new(catalogue, MemConfirmed::new(catalogue)), next: 1 };
            desk.book.absorb(&rows_of(&confirmed, 1), 1);
            let case = desk.case(&rename(1, ""), &());
            let predicted = Verdict::Decided { outcome: Outcome::Accepted, changes: Vec::new() };
            desk.book.add(Pending { case, changes: waits.clone(), predicted, hub_seq: None, loaded: Vec::new() });
            let mut plain = Book::new(catalogue, MemConfirmed::new(catalogue));
            plain.absorb(&rows_of(&confirmed, 1), 1);
            plain.absorb(&rows_of(&waits, 2), 2);
            let (from, to) = (KeyValue::of(uuid(from)), KeyValue::of(uuid(from + more)));
            let kind: KindName = Balance::KIND.into();
            let key = Want::Key { kind: kind.clone(), name: KEY.into(), value: from.clone() };
            let range = Want::Range { kind, name: KEY.into(), from, to, limit };
            for want in [key, range] {
                prop_assert_eq!(ids(&desk.book.answer(&want)), ids(&plain.answer(&want)), "{:?}", want);
            }
        }
    }
}
