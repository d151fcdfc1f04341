//! A catalogue of one made-up slice, so that the runner is tested without any real one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::*;
use crate::kernel::access::Scope;
use crate::kernel::catalogue::{Reaction, Slice, Telling};
use crate::kernel::command::{Command, Fact, Request};
use crate::kernel::record::{Change, KindDef, KindName, Record, RecordBody};
use crate::kernel::time::Zone;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Hook {
    id: Id,
    coats: u32,
}

impl RecordBody for Hook {
    const KIND: &'static str = "hook";
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::desk()]
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Peg {
    id: Id,
}

impl RecordBody for Peg {
    const KIND: &'static str = "peg";
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::desk()]
    }
}

/// A coat was hung up; more than two on a hook is odd.
#[derive(Debug, Serialize, Deserialize)]
struct HangCoat {
    hook_id: Id,
}

impl Command for HangCoat {
    const KIND: &'static str = "coats.hang";
    const ROLES: &'static [Role] = &[Role::Desk];
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Hook>(self.hook_id)]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        !self.hook_id.is_nil()
    }
}

impl Fact for HangCoat {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let coats = facts.get::<Hook>(self.hook_id).map_or(0, |h| h.coats) + 1;
        let mut decision = Decision::nothing();
        decision.replace(facts.record::<Hook>(self.hook_id), &Hook { id: self.hook_id, coats });
        if coats > 2 {
            decision.raise(ExceptionDraft::new(
                "coats",
                &serde_json::json!({"code": "crowded"}),
                vec![self.hook_id],
            ));
        }
        assert_eq!(ctx.today.to_string(), "2026-11-22");
        decision
    }
}

/// Somebody wants a hook for themselves.
#[derive(Debug, Serialize, Deserialize)]
struct ReserveHook {
    hook_id: Id,
    #[serde(default)]
    forgets_to_ask: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
enum NoHook {
    InUse { coats: u32 },
}

impl Command for ReserveHook {
    const KIND: &'static str = "coats.reserve";
    const VERSION: u16 = 2;
    const ROLES: &'static [Role] = &[Role::Owner];
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        if self.forgets_to_ask { Vec::new() } else { vec![Want::id::<Hook>(self.hook_id)] }
    }
    fn upcast(_from: u16, mut payload: serde_json::Value) -> serde_json::Value {
        if let Some(old) = payload.get("hook").cloned() {
            payload["hook_id"] = old;
        }
        payload
    }
}

impl Request for ReserveHook {
    type Refusal = NoHook;
    const SLICE: &'static str = "coats";
    fn decide(&self, (): &(), facts: &Facts, _: &Ctx) -> Result<Decision, NoHook> {
        match facts.get::<Hook>(self.hook_id) {
            Some(hook) if hook.coats > 0 => Err(NoHook::InUse { coats: hook.coats }),
            _ => Ok(Decision::nothing()),
        }
    }
}

/// For every hook that changes, a peg is counted.
static ON_HOOK: Reaction = Reaction {
    on: &["hook"],
    wants: |changes, _| changes.iter().map(|change| Want::id::<Peg>(change.id)).collect(),
    react: |changes, facts, _| {
        let mut decision = Decision::nothing();
        for change in changes.iter().filter(|change| facts.get::<Peg>(change.id).is_none()) {
            decision.put(&Peg { id: change.id });
        }
        decision
    },
};

static COATS: Catalogue = Catalogue {
    slices: &[Slice {
        name: "coats",
        kinds: &[KindDef::of::<Hook>(), KindDef::of::<Peg>()],
        commands: &[CommandDef::fact::<HangCoat>(), CommandDef::request::<ReserveHook>()],
        reactions: &[ON_HOOK],
        views: &[],
        exceptions: Telling::Figures,
    }],
    zone_want: |studio| Want::id::<Hook>(studio.raw()),
    zone: |_, _| Zone::default(),
    person: |_| None,
};

const HOOK: Id = Uuid::from_u128(9);

fn case(input: Input, role: Role) -> Case {
    Case {
        input,
        command: CommandId(Uuid::from_u128(1)),
        studio: StudioId(Uuid::from_u128(2)),
        device: DeviceId(Uuid::from_u128(3)),
        actor: PersonId(Uuid::from_u128(4)),
        role,
        effective_at: Timestamp(1_795_309_200_000),
        authority: Authority::Hub,
    }
}

fn hook(coats: u32) -> Arc<Record> {
    let body = serde_json::to_string(&Hook { id: HOOK, coats }).unwrap();
    Arc::new(Record {
        kind: KindName::Borrowed("hook"),
        kind_version: 1,
        id: HOOK,
        version: 1,
        body: body.into(),
    })
}

/// Decides with `coats` on the hook.
fn run<C: Command>(command: &C, role: Role, coats: u32) -> Verdict
where
    C::Personal: Default,
{
    run_input(Input::encode(command, &C::Personal::default()).unwrap(), role, coats)
}

fn run_input(input: Input, role: Role, coats: u32) -> Verdict {
    run_case(&case(input, role), coats)
}

fn run_case(case: &Case, coats: u32) -> Verdict {
    decide_now(&COATS, case, |want| {
        let found = *want == Want::id::<Hook>(HOOK) && coats > 0;
        Answer { records: found.then(|| hook(coats)).into_iter().collect(), complete: true }
    })
}

fn changes(verdict: &Verdict) -> &[Change] {
    match verdict {
        Verdict::Decided { changes, .. } => changes,
        Verdict::Held(hold) => panic!("held: {hold:?}"),
    }
}

#[test]
fn a_fact_is_recorded_with_the_reactions_of_others() {
    let verdict = run(&HangCoat { hook_id: HOOK }, Role::Desk, 1);
    let kinds: Vec<&str> = changes(&verdict).iter().map(|c| c.kind.as_ref()).collect();
    assert_eq!(kinds, ["hook", "peg"]);
    assert!(
        matches!(verdict, Verdict::Decided { outcome: Outcome::Recorded { ref exceptions }, .. } if exceptions.is_empty())
    );
}

#[test]
fn what_is_odd_becomes_an_exception_beside_the_fact() {
    let verdict = run(&HangCoat { hook_id: HOOK }, Role::Desk, 2);
    let Verdict::Decided { outcome: Outcome::Recorded { exceptions }, changes } = verdict else { panic!() };
    let item: Exception = serde_json::from_str(changes.last().unwrap().body.as_deref().unwrap()).unwrap();
    assert_eq!((exceptions, item.slice.as_str()), (vec![item.id], "coats"));
}

#[test]
fn deciding_twice_gives_the_same_bytes() {
    let once = run(&HangCoat { hook_id: HOOK }, Role::Desk, 2);
    assert_eq!(once, run(&HangCoat { hook_id: HOOK }, Role::Desk, 2));
}

#[test]
fn a_request_is_refused_with_its_reason() {
    let verdict = run(&ReserveHook { hook_id: HOOK, forgets_to_ask: false }, Role::Owner, 3);
    let Verdict::Decided { outcome: Outcome::Refused { why }, changes } = verdict else { panic!() };
    assert_eq!((why.slice.as_str(), &why.why), ("coats", &serde_json::json!({"code": "in_use", "coats": 3})));
    // The device had granted it: somebody must hear of it.
    let [told] = changes.as_slice() else { panic!("{changes:?}") };
    let item: Exception = serde_json::from_str(told.body.as_deref().unwrap()).unwrap();
    let asked = serde_json::json!({ "hook_id": HOOK, "forgets_to_ask": false });
    let what = AboutAnswer::RefusedLater { kind: "coats.reserve".to_owned(), asked, refusal: why };
    assert_eq!((item.what, item.audience), (serde_json::to_value(what).unwrap(), Audience::Managers));
}

#[test]
fn where_a_device_decides_alone_a_refusal_is_told_at_once_and_not_kept() {
    for authority in [Authority::Solo, Authority::Prediction] {
        let input = Input::encode(&ReserveHook { hook_id: HOOK, forgets_to_ask: false }, &()).unwrap();
        let verdict = run_case(&Case { authority, ..case(input, Role::Owner) }, 3);
        let Verdict::Decided { outcome: Outcome::Refused { .. }, changes } = verdict else { panic!() };
        assert_eq!(changes, []);
    }
}

#[test]
fn who_hears_of_a_refusal_is_who_asked_or_could_ask_again() {
    use crate::kernel::access::{OWNER, TILL};
    assert_eq!(Audience::of_refusal(Role::Member, TILL), Audience::Author);
    assert_eq!(Audience::of_refusal(Role::Coach, TILL), Audience::DeskAndAuthor);
    assert_eq!(Audience::of_refusal(Role::Owner, TILL), Audience::Desk);
    assert_eq!(Audience::of_refusal(Role::Owner, OWNER), Audience::Managers);
}

#[test]
fn the_wrong_role_is_refused_a_request_and_quarantined_with_a_fact() {
    let request = run(&ReserveHook { hook_id: HOOK, forgets_to_ask: false }, Role::Desk, 0);
    assert!(matches!(request, Verdict::Decided { outcome: Outcome::Refused { .. }, .. }));
    let fact = run(&HangCoat { hook_id: HOOK }, Role::Owner, 0);
    assert_eq!(fact, Verdict::Held(Hold::Quarantined { why: Quarantined::NotAllowed }));
}

#[test]
fn a_newer_builds_command_waits_and_nonsense_is_quarantined() {
    let parked = Verdict::Held(Hold::Parked { why: Parked::UnknownKind });
    let input = |kind: &str, kind_version, payload: &str| Input {
        kind: kind.to_owned(),
        kind_version,
        payload: payload.to_owned(),
        personal: None,
    };
    assert_eq!(run_input(input("coats.steam", 1, "{}"), Role::Desk, 0), parked);
    assert_eq!(run_input(input("coats.hang", 2, "{}"), Role::Desk, 0), parked);
    let malformed = Verdict::Held(Hold::Quarantined { why: Quarantined::Malformed });
    assert_eq!(run_input(input("coats.hang", 1, "[1,2"), Role::Desk, 0), malformed);
    assert_eq!(run(&HangCoat { hook_id: Uuid::nil() }, Role::Desk, 0), malformed);
}

#[test]
fn an_old_payload_is_lifted() {
    let payload = format!(r#"{{"hook":"{HOOK}"}}"#);
    let old = Input { kind: "coats.reserve".to_owned(), kind_version: 1, payload, personal: None };
    assert!(matches!(
        run_input(old, Role::Owner, 1),
        Verdict::Decided { outcome: Outcome::Refused { .. }, .. }
    ));
}

#[test]
fn a_rule_that_looks_at_what_it_did_not_ask_for_is_held_not_trusted() {
    let verdict = run(&ReserveHook { hook_id: HOOK, forgets_to_ask: true }, Role::Owner, 0);
    assert_eq!(verdict, Verdict::Held(Hold::Parked { why: Parked::InternalError }));
}

#[test]
fn a_rule_that_meets_an_unreadable_record_is_held() {
    let input = Input::encode(&HangCoat { hook_id: HOOK }, &()).unwrap();
    let verdict = decide_now(&COATS, &case(input, Role::Desk), |_| {
        let broken = Record { body: "{".into(), ..(*hook(1)).clone() };
        Answer { records: vec![Arc::new(broken)], complete: true }
    });
    assert_eq!(verdict, Verdict::Held(Hold::Parked { why: Parked::InternalError }));
}
