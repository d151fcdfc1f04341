//! A sample studio out of a seed: plausible people in three scripts, their passes, payments and visits of the last sixty days.
//!
//! Everything goes through the same commands and rules as at a desk, so that nothing in it could not have happened. The same
//! seed gives the same bytes on every machine. Must never know a file or a screen.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::attendance::{Found, Light, MemberVisits, member_visits_id};
use crate::flow::check_in::{AtDoor, CheckIn, LetIn, SeenAtDoor};
use crate::flow::reverse::{Reason, ReversePayment};
use crate::flow::sell::SellPass;
use crate::han::{Han, name_keys};
use crate::kernel::command::{Command, Input};
use crate::kernel::decide::{Authority, Verdict};
use crate::kernel::ids::{self, CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use crate::kernel::ledger::Balance;
use crate::kernel::money::{Currency, Money};
use crate::kernel::number::Number;
use crate::kernel::record::{Change, Record};
use crate::kernel::time::{self, Timestamp, Zone};
use crate::kernel::{Role, keys::KeyValue};
use crate::members::{Application, ArchiveMember, EnrolMember, Member, MemberId};
use crate::passes::cards::NewCard;
use crate::passes::{self, Holding, Pass, quote};
use crate::payments::{self, Payment, Tender, TenderKind};
use crate::plans::{Grant, OfferPlan, PRESETS, Plan, PlanDraft, PlanRevision, PlanRules, Starts, draft_of};
use crate::registry;
use crate::studio::{OpenStudio, OwnerName, Section, Settings, settings_id};
use crate::sync::deciding::{Case, decide_now};

pub mod dice;
mod memory;
mod people;
mod script;
mod timetable;

use dice::Dice;
use memory::Memory;
use script::{Deed, Event, Offer};

/// Members a sample may have at most.
pub const MEMBERS_MAX: u32 = 100_000;
/// The letters of the sample's receipts and cards; no device counts in them.
const SERIES: &str = "Z9";

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The same seed gives the same studio.
    pub seed: u64,
    /// How many members: 1..=[`MEMBERS_MAX`].
    pub members: u32,
    /// The instant it ends at.
    pub now: Timestamp,
    /// The language of its papers and plans.
    pub language: &'a str,
    /// What names are found by.
    pub han: &'a Han,
}

/// A studio in records.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Which one.
    pub studio: StudioId,
    /// Whose.
    pub owner: PersonId,
    /// Everything in it, in (kind, id) order.
    pub records: Vec<Record>,
}

impl Sample {
    /// One hash over every record: what two machines compare that made it from the same seed.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut text = String::new();
        for record in &self.records {
            text.push_str(&format!("{} {} {} {}\n", record.kind, record.id, record.version, record.body));
        }
        Hash::of(text.as_bytes())
    }
}

/// Seeds whose samples are known, a line each: the seed, the language and the hash of a sample of [`KNOWN_MEMBERS`] at
/// [`KNOWN_AT`]. Native code and the wasm of a browser must both come to them.
pub const KNOWN: &str = include_str!("demo/known.txt");
/// Members of a known sample.
pub const KNOWN_MEMBERS: u32 = 10;
/// The instant a known sample ends at.
pub const KNOWN_AT: Timestamp = Timestamp(1_795_320_000_000);

/// Makes a sample studio.
#[must_use]
pub fn sample(wish: &Wish<'_>) -> Sample {
    made(wish).into_sample()
}

/// The same with a timetable as full as any: about 200 classes in the next week, and 60 people
/// in one of tomorrow evening, or as many of them as there are members with a pass.
#[must_use]
pub fn full_sample(wish: &Wish<'_>) -> Sample {
    let mut desk = made(wish);
    desk.now = wish.now;
    desk.fill_week(wish.now);
    desk.into_sample()
}

fn made(wish: &Wish<'_>) -> Desk {
    let mut desk = Desk::open(wish);
    let plans = desk.offer_plans(wish.language);
    desk.plan_week(wish.now, wish.language);
    let zone = desk.zone;
    for event in script::events(&mut desk.dice, wish.members, wish.now, zone) {
        desk.now = event.at;
        desk.run(&event, &plans, wish);
    }
    desk.book_week(wish.now);
    desk
}

/// So many commands as wait on a tablet after days without a network: members of a sample come in, and every fifth time
/// somebody new registers.
#[must_use]
pub fn waiting(sample: &Sample, wish: &Wish<'_>, count: usize) -> Vec<Case> {
    let mut desk = Desk::open(wish);
    let kept = |r: &Record| Change {
        kind: r.kind.clone(),
        kind_version: r.kind_version,
        id: r.id,
        body: Some(r.body.clone()),
    };
    desk.memory.take(&sample.records.iter().map(kept).collect::<Vec<_>>());
    desk.now = wish.now;
    let members: Vec<Member> = desk.memory.all::<Member>();
    desk.cases = Some(Vec::with_capacity(count));
    let mut turns = 0..MEMBERS_MAX;
    while desk.cases.as_ref().is_some_and(|cases| cases.len() < count) {
        let Some(turn) = turns.next() else { break };
        desk.now = desk.now.plus_ms(30_000);
        let at = usize::try_from(turn).unwrap_or_default() % members.len().max(1);
        match members.get(at) {
            Some(member) if turn % 5 != 0 => desk.visit(member.id, wish.language),
            _ => desk.enrol(wish.members.saturating_add(turn), wish),
        }
    }
    desk.cases.unwrap_or_default()
}

/// The desk at which it all happens.
struct Desk {
    studio: StudioId,
    device: DeviceId,
    actor: PersonId,
    zone: Zone,
    now: Timestamp,
    dice: Dice,
    memory: Memory,
    numbers: BTreeMap<&'static str, u64>,
    members: BTreeMap<u32, MemberId>,
    /// What was decided with a change, where somebody wants to know.
    cases: Option<Vec<Case>>,
}

impl Desk {
    fn open(wish: &Wish<'_>) -> Self {
        let root = ids::named(Id::nil(), &wish.seed.to_be_bytes());
        let zone = Zone::default();
        let opened = time::plus_months(zone.day(wish.now), 0) - chrono::Days::new(script::HISTORY_DAYS + 1);
        let mut desk = Self {
            studio: StudioId(ids::named(root, b"studio")),
            device: DeviceId(ids::named(root, b"device")),
            actor: PersonId(ids::named(root, b"owner")),
            zone,
            now: zone.instant(opened, 9 * 60),
            dice: Dice::new(wish.seed),
            memory: Memory::new(registry::catalogue()),
            numbers: BTreeMap::new(),
            members: BTreeMap::new(),
            cases: None,
        };
        let (name, owner) = people::studio_names(wish.language);
        let open = OpenStudio {
            name: name.to_owned(),
            zone,
            currency: Currency::Cny,
            language: wish.language.to_owned(),
            sections: vec![Section::Indoor, Section::Outdoor],
            sample: true,
        };
        desk.give(&open, &OwnerName { owner_name: owner.to_owned() });
        desk
    }

    fn into_sample(self) -> Sample {
        Sample { studio: self.studio, owner: self.actor, records: self.memory.into_records() }
    }

    /// Decides a command here and now, and keeps what it changes. What is refused or held leaves no trace.
    fn give<C: Command>(&mut self, command: &C, personal: &C::Personal) {
        let Ok(input) = Input::encode(command, personal) else { return };
        let case = Case {
            input,
            command: CommandId(ids::minted(self.now.0, &self.dice.bytes())),
            studio: self.studio,
            device: self.device,
            actor: self.actor,
            role: Role::Owner,
            effective_at: self.now,
            authority: Authority::Solo,
        };
        let verdict = decide_now(registry::catalogue(), &case, |want| self.memory.answer(want));
        if let Verdict::Decided { changes, .. } = verdict
            && !changes.is_empty()
        {
            self.memory.take(&changes);
            if let Some(cases) = &mut self.cases {
                cases.push(case);
            }
        }
    }

    fn number(&mut self, counter: &'static str) -> Number {
        let n = self.numbers.entry(counter).or_insert(0);
        *n += 1;
        Number { series: SERIES.to_owned(), n: *n }
    }

    /// The presets, and the two kinds of plan that they lack.
    fn offer_plans(&mut self, language: &str) -> Vec<PlanRevision> {
        let mut drafts: Vec<PlanDraft> =
            PRESETS.iter().map(|preset| draft_of(preset, language, Currency::Cny)).collect();
        let [lifetime, purse] = people::plan_names(language);
        let more = |name: &str, cents, grant| PlanDraft {
            name: name.to_owned(),
            price: Money::new(cents, Currency::Cny),
            rules: PlanRules {
                grant,
                starts: Starts::AtPurchase,
                sections: Vec::new(),
                freeze_days: 0,
                grace_days: 0,
                shareable: false,
                transferable: false,
            },
        };
        drafts.push(more(lifetime, 1_200_000, Grant::Lifetime));
        drafts.push(more(
            purse,
            100_000,
            Grant::StoredValue { principal_cents: 100_000, gift_cents: 10_000 },
        ));
        for draft in &drafts {
            self.now = self.now.plus_ms(1_000);
            self.give(&OfferPlan { draft: draft.clone() }, &());
        }
        let revisions: Vec<PlanRevision> = self.memory.all::<PlanRevision>();
        drafts.iter().filter_map(|draft| revisions.iter().find(|r| r.name == draft.name).cloned()).collect()
    }

    fn run(&mut self, event: &Event, plans: &[PlanRevision], wish: &Wish<'_>) {
        match (&event.deed, self.members.get(&event.who).copied()) {
            (Deed::Enrol, _) => self.enrol(event.who, wish),
            (Deed::Sell(offer), Some(member)) => {
                if let Some(revision) = plans.get(offer.plan) {
                    self.sell(member, revision, offer);
                }
            }
            (Deed::Visit, Some(member)) => self.visit(member, wish.language),
            (Deed::Reverse, Some(member)) => self.reverse(member, wish.language),
            (Deed::Archive, Some(member_id)) => self.give(&ArchiveMember { member_id }, &()),
            (_, None) => {}
        }
    }

    fn enrol(&mut self, who: u32, wish: &Wish<'_>) {
        let member_id = MemberId(ids::minted(self.now.0, &self.dice.bytes()));
        self.members.insert(who, member_id);
        let today = self.today();
        let person = people::person(&mut self.dice, who, today, wish.language);
        let enrol = EnrolMember {
            member_id,
            sections: person.sections,
            referrer: None,
            joined_on: None,
            different_from: Vec::new(),
        };
        let application =
            Application { name_keys: name_keys(&person.application.name, wish.han), ..person.application };
        self.give(&enrol, &application);
    }

    fn today(&self) -> NaiveDate {
        self.zone.day(self.now)
    }

    fn holdings(&self, member: MemberId) -> Vec<Holding> {
        let passes: Vec<Pass> = self.memory.by_key(passes::MEMBER_KEY, &KeyValue::of(member.raw()));
        passes.into_iter().map(|pass| Holding::new(pass, |id| self.memory.get::<Balance>(id))).collect()
    }

    fn sell(&mut self, member_id: MemberId, revision: &PlanRevision, offer: &Offer) {
        let held = self.holdings(member_id);
        let Some(option) = quote(revision, &held, self.today()).options.into_iter().next() else { return };
        let paid = revision.price.cents * i64::from(offer.paid_percent) / 100;
        let sale = SellPass {
            member_id,
            plan_id: revision.plan_id,
            revision_id: revision.id,
            start: option.start,
            valid_from: option.valid_from,
            price: revision.price,
            tenders: if paid > 0 {
                vec![Tender { kind: offer.tender, amount_cents: paid }]
            } else {
                Vec::new()
            },
            // Notes of a hundred.
            given_cents: (offer.tender == TenderKind::Cash && paid > 0)
                .then(|| (paid + 9_999) / 10_000 * 10_000),
            receipt: self.number("receipt"),
            card: held.is_empty().then(|| NewCard::Counted(self.number("card"))),
            lease_id: None,
        };
        self.give(&sale, &());
    }

    fn visit(&mut self, member_id: MemberId, language: &str) {
        let (member, settings) = (
            self.memory.get::<Member>(member_id.raw()),
            self.memory.get::<Settings>(settings_id(self.studio)),
        );
        let (holdings, visits) =
            (self.holdings(member_id), self.memory.get::<MemberVisits>(member_visits_id(member_id)));
        let owed_cents = payments::owed(self.memory.get::<Balance>(payments::owed_id(member_id)).as_ref());
        let at_door = AtDoor {
            member: member.as_ref(),
            settings: settings.as_ref(),
            holdings: &holdings,
            visits: visits.as_ref(),
            owed_cents,
            card: None,
        };
        let answer = at_door.answer(self.now);
        let red = answer.light == Light::Red;
        // Few people come without a pass, and not all of them are let in.
        if red && !self.dice.chance(8) {
            return;
        }
        let found = if self.dice.chance(60) { Found::Scan } else { Found::Search };
        let reason =
            if red { people::let_in_reason(&mut self.dice, language).to_owned() } else { String::new() };
        self.give(
            &CheckIn { member_id, found, card_id: None, seen: SeenAtDoor::from(&answer) },
            &LetIn { reason },
        );
    }

    fn reverse(&mut self, member_id: MemberId, language: &str) {
        let paid: Vec<Payment> = self.memory.by_key(payments::MEMBER_KEY, &KeyValue::of(member_id.raw()));
        let Some(payment) = paid.into_iter().max_by_key(|p| p.at) else { return };
        let reverse = ReversePayment { payment_id: payment.id, member_id, receipt: self.number("receipt") };
        self.give(&reverse, &Reason { reason: people::reversal_reason(language).to_owned() });
    }
}

/// The plans of a sample, by name: what a screen of the sample shows first.
#[must_use]
pub fn plan_names(sample: &Sample) -> Vec<String> {
    sample
        .records
        .iter()
        .filter_map(|r| (r.kind == "plan").then(|| r.read::<Plan>().ok()).flatten())
        .map(|p| p.name)
        .collect()
}

#[cfg(test)]
mod tests;
