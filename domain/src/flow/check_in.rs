//! Somebody walks in: the visit, what it spends, and what the authority knows better; and the same taken back.

use crate::kernel::erasure::Tells;
use crate::kernel::order;
use serde::{Deserialize, Serialize};

use super::appointment;
use super::till::Till;
use crate::appointments::Appointment;
use crate::attendance::{
    AttendanceException, DoorAnswer, DoorFacts, DoorReason, DoorRules, Found, Light, MemberVisits, PassUse,
    REASON_CHARS_MAX, SCANS_MAX, Scanned, Visit, VisitId, all_visits, door, member_visits_id, visits_wants,
};
use crate::kernel::access::{self, Role};
use crate::kernel::alias::Circle;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::ledger::{Balance, Posting, balance_id};
use crate::kernel::text;
use crate::kernel::time::Timestamp;
use crate::members::{Member, MemberId};
use crate::passes::cards::{Card, CardId, CardState};
use crate::passes::{Holding, Moment, Pass, PassId, PassKind, Standing, VISITS, holdings, holdings_wants};
use crate::payments;
use crate::studio::{Settings, settings_id};

/// What the screen showed when the desk confirmed: in the room that is final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenAtDoor {
    /// The light.
    pub light: Light,
    /// Why.
    pub reason: DoorReason,
    /// The pass it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_id: Option<PassId>,
}

impl From<&DoorAnswer> for SeenAtDoor {
    fn from(answer: &DoorAnswer) -> Self {
        Self {
            light: answer.light,
            reason: answer.reason.clone(),
            pass_id: answer.pass.as_ref().map(|p| p.pass_id),
        }
    }
}

/// Somebody walks in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// Who.
    pub member_id: MemberId,
    /// How the desk found them.
    pub found: Found,
    /// The card that was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_id: Option<CardId>,
    /// What the screen showed.
    pub seen: SeenAtDoor,
}

/// Why somebody was let in at red, in the desk's words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LetIn {
    /// One sentence; empty unless the light was red.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The wants behind [`AtDoor`], as far as the facts so far can tell.
#[must_use]
pub fn door_wants(member_id: MemberId, card_id: Option<CardId>, facts: &Facts) -> Vec<Want> {
    let mut wants = vec![Want::id::<Member>(Circle::so_far(member_id.raw(), facts).root())];
    wants.extend(visits_wants(member_id, facts));
    wants.extend(payments::owed_wants(member_id, facts));
    wants.extend(card_id.map(Want::id::<Card>));
    let holdings = holdings_wants(member_id, facts);
    // The record itself, for a pass that this visit may open.
    wants.extend(
        holdings
            .iter()
            .flat_map(|w| facts.peek::<Pass>(w))
            .filter(|p| p.unopened)
            .map(|p| Want::id::<Pass>(p.id)),
    );
    wants.extend(holdings);
    wants
}

/// Everything known of the person at the door: what the screen asks before, and the decision after.
#[derive(Debug, Clone, Copy)]
pub struct AtDoor<'a> {
    /// The member; nothing for somebody unknown here.
    pub member: Option<&'a Member>,
    /// The studio's settings.
    pub settings: Option<&'a Settings>,
    /// What they hold.
    pub holdings: &'a [Holding],
    /// Their visits.
    pub visits: Option<&'a MemberVisits>,
    /// What they owe.
    pub owed_cents: i64,
    /// The card they showed, if they showed one.
    pub card: Option<CardState>,
}

impl AtDoor<'_> {
    /// The answer at an instant.
    #[must_use]
    pub fn answer(&self, at: Timestamp) -> DoorAnswer {
        let zone = self.settings.map(|s| s.zone).unwrap_or_default();
        let facts = DoorFacts {
            standing: self.member.map_or(Standing::Good, |m| Standing::of(m, zone)),
            holdings: self.holdings,
            visits: self.visits,
            owed_cents: self.owed_cents,
            card: self.card,
            rules: DoorRules { window_minutes: self.settings.map_or(0, |s| s.window_minutes) },
        };
        door(&facts, at, Moment::at(at, zone, self.settings.map_or(0, |s| s.closing_minute)))
    }
}

/// What the authority knows of the person at the door.
struct Known {
    member: Option<Member>,
    holdings: Vec<Holding>,
    /// A record for each id they came under.
    visits: Vec<MemberVisits>,
    answer: DoorAnswer,
    window_minutes: u32,
}

impl Known {
    /// Whose pass it is: a person with several ids may be here under another one.
    fn owner(&self, pass_id: PassId) -> Option<Id> {
        self.holdings.iter().find(|h| h.pass.id == pass_id).map(|h| h.pass.member_id.raw())
    }
}

fn look(command: &CheckIn, facts: &Facts, ctx: &Ctx) -> Known {
    let settings = facts.get::<Settings>(settings_id(ctx.studio));
    let member = facts.get::<Member>(Circle::of(command.member_id.raw(), facts).root());
    let holdings = holdings(command.member_id, facts);
    let visits = all_visits(command.member_id, facts);
    let joined = MemberVisits::joined(visits.clone());
    let at_door = AtDoor {
        member: member.as_ref(),
        settings: settings.as_ref(),
        holdings: &holdings,
        visits: joined.as_ref(),
        owed_cents: payments::owed_in_all(command.member_id, facts),
        card: command.card_id.and_then(|id| facts.get::<Card>(id)).map(|card| card.state),
    };
    let answer = at_door.answer(ctx.effective_at);
    Known { answer, window_minutes: settings.map_or(0, |s| s.window_minutes), member, holdings, visits }
}

impl Command for CheckIn {
    const KIND: &'static str = "attendance.check_in";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = LetIn;

    fn subjects(&self, _: &LetIn, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn wants(&self, _: &LetIn, facts: &Facts) -> Vec<Want> {
        door_wants(self.member_id, self.card_id, facts)
    }

    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn is_well_formed(&self, personal: &LetIn) -> bool {
        text::fits(&personal.reason, REASON_CHARS_MAX)
    }
}

impl Fact for CheckIn {
    fn decide(&self, personal: &LetIn, facts: &Facts, ctx: &Ctx) -> Decision {
        let id = VisitId(ctx.id(0));
        let known = look(self, facts, ctx);
        let same = known
            .visits
            .iter()
            .find_map(|v| v.within(ctx.effective_at, known.window_minutes).map(|same| (v, same.id)));
        if let Some((visits, same)) = same {
            return second_scan(visits, same, id, facts, ctx);
        }
        let mut till = Till::open(facts, ctx);
        if let Some(what) = self.better_known(&known) {
            till.decision.raise(ExceptionDraft::new(
                "attendance",
                &what,
                vec![self.member_id.raw(), id.raw()],
            ));
        }
        let spent = self.spent(&known);
        let mut visit = self.visit(id, personal, ctx);
        if let Some(used) = &spent {
            self.spend(&mut till, &mut visit, used, &known);
        }
        till.decision.put(&visit);
        // The visit stays with the id it was given for: should that turn out to be somebody else, it is theirs.
        let own = known.visits.iter().find(|v| v.member_id == self.member_id).cloned();
        let mut visits = own.unwrap_or_else(|| MemberVisits::none(self.member_id, ctx.today));
        visits.add(visit);
        till.decision.replace(facts.record::<MemberVisits>(visits.id), &visits);
        till.decision
    }
}

impl CheckIn {
    fn visit(&self, id: VisitId, personal: &LetIn, ctx: &Ctx) -> Visit {
        let let_in = (self.seen.light == Light::Red).then(|| text::tidy_line(&personal.reason));
        Visit {
            id,
            member_id: self.member_id,
            on: ctx.today,
            at: ctx.effective_at,
            found: self.found,
            light: self.seen.light,
            reason: self.seen.reason.clone(),
            let_in,
            pass_id: None,
            entry: None,
            counted: None,
            opened: false,
            scans: Vec::new(),
            booking_id: None,
            undone: None,
            device: ctx.device,
            by: ctx.actor,
        }
    }

    /// Set beside the decision of the door when the authority would have shown red and the device did not.
    fn better_known(&self, known: &Known) -> Option<AttendanceException> {
        if known.member.is_none() {
            return Some(AttendanceException::MemberUnknown {});
        }
        if self.seen.light == Light::Red || known.answer.light != Light::Red {
            return None;
        }
        Some(match known.answer.reason.clone() {
            DoorReason::Ended { name, on, .. } => AttendanceException::PassHadEnded { name, ended_on: on },
            // Named with the figure once the visit has been spent; see `spend`.
            DoorReason::UsedUp { .. } if self.seen_count(known).is_some() => return None,
            reason => AttendanceException::WouldHaveBeenRed { reason },
        })
    }

    /// The counted pass the device spent from, where the authority would not have.
    fn seen_count<'a>(&self, known: &'a Known) -> Option<&'a Holding> {
        let seen = self.seen.pass_id?;
        known
            .holdings
            .iter()
            .find(|h| h.pass.id == seen && h.pass.kind == PassKind::Count && h.pass.reversed_at.is_none())
    }

    /// The pass this visit is on. What was promised in the room is kept: a visit the device spent is spent, below zero if need be.
    fn spent(&self, known: &Known) -> Option<PassUse> {
        if let Some(pass) = &known.answer.pass {
            return Some(pass.clone());
        }
        if self.seen.light == Light::Red {
            return None;
        }
        let holding = self.seen_count(known)?;
        let visits = Some((holding.visits_left, holding.visits_left - 1));
        Some(PassUse {
            pass_id: holding.pass.id,
            name: holding.pass.name.clone(),
            visits,
            opens: holding.pass.unopened,
        })
    }

    fn spend(&self, till: &mut Till<'_>, visit: &mut Visit, used: &PassUse, known: &Known) {
        visit.pass_id = Some(used.pass_id);
        visit.counted = used.visits;
        if used.visits.is_some() {
            let posting = Posting {
                account: used.pass_id.raw(),
                unit: VISITS,
                amount: -1,
                why: "spent",
                source: Some(visit.id.raw()),
                reverses: None,
                whose: known.owner(used.pass_id),
            };
            // What is kept for a booked session is still theirs; which visit it was is settled when that one closes.
            let kept =
                known.holdings.iter().find(|h| h.pass.id == used.pass_id).map_or(0, |h| h.visits_reserved);
            let left = till.post(&posting).saturating_add(kept);
            visit.entry = till.effects.last().map(|e| e.entry);
            if left < 0 {
                let what = AttendanceException::NoVisitsLeft { name: used.name.clone(), left };
                till.decision.raise(ExceptionDraft::new(
                    "attendance",
                    &what,
                    vec![self.member_id.raw(), visit.id.raw()],
                ));
            }
        }
        if used.opens
            && let Some(holding) = known.holdings.iter().find(|h| h.pass.id == used.pass_id)
        {
            let mut pass = holding.pass.clone();
            pass.open(visit.on);
            visit.opened = true;
            till.decision.replace(till.facts.record::<Pass>(pass.id), &pass);
        }
    }
}

/// A scan within the window of a visit: kept on it, nothing is spent. Of visits before the newest only the time is at hand.
fn second_scan(visits: &MemberVisits, same: VisitId, own: VisitId, facts: &Facts, ctx: &Ctx) -> Decision {
    let mut decision = Decision::nothing();
    let Some(last) =
        visits.last.as_ref().filter(|v| v.id == same && v.id != own && v.scans.len() < SCANS_MAX)
    else {
        return decision;
    };
    let mut visit = last.clone();
    visit.scans.push(Scanned { at: ctx.effective_at, device: ctx.device, by: ctx.actor });
    decision.put(&visit);
    let after = MemberVisits { last: Some(visit), ..visits.clone() };
    decision.replace(facts.record::<MemberVisits>(visits.id), &after);
    decision
}

/// A check-in is taken back: the wrong person was tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoCheckIn {
    /// Which visit.
    pub visit_id: VisitId,
    /// Whose.
    pub member_id: MemberId,
}

impl Command for UndoCheckIn {
    const KIND: &'static str = "attendance.undo_check_in";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();

    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }

    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let visits = Want::id::<MemberVisits>(member_visits_id(self.member_id));
        let last = facts.peek::<MemberVisits>(&visits).pop().and_then(|v| v.last);
        let (pass_id, kept_for) = last.map_or((None, None), |visit| (visit.pass_id, visit.booking_id));
        let more =
            pass_id.map(|id| [Want::id::<Pass>(id), Want::id::<Balance>(balance_id(id.raw(), VISITS))]);
        let lesson = kept_for.map(Want::id::<Appointment>);
        std::iter::once(visits).chain(more.into_iter().flatten()).chain(lesson).collect()
    }
}

impl Fact for UndoCheckIn {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let mut till = Till::open(facts, ctx);
        let Some(mut visits) = facts
            .get::<MemberVisits>(member_visits_id(self.member_id))
            .filter(|v| v.last.as_ref().is_some_and(|l| l.id == self.visit_id))
        else {
            let about = vec![self.member_id.raw(), self.visit_id.raw()];
            till.decision.raise(ExceptionDraft::new(
                "attendance",
                &AttendanceException::NotTheLastVisit {},
                about,
            ));
            return till.decision;
        };
        let Some(mut visit) = visits.take_back() else {
            return till.decision;
        };
        if let Some((pass_id, entry)) = visit.pass_id.zip(visit.entry) {
            let posting = Posting {
                account: pass_id.raw(),
                unit: VISITS,
                amount: 1,
                why: "returned",
                source: Some(visit.id.raw()),
                reverses: Some(entry),
                whose: None,
            };
            till.post(&posting);
        }
        // A pass on which somebody was taught stays begun.
        let is_used = visit.booking_id.is_some_and(|id| appointment::spends_itself(&mut till, id));
        if visit.opened
            && !is_used
            && let Some(mut pass) = visit.pass_id.and_then(|id| facts.get::<Pass>(id))
        {
            pass.close_again();
            till.decision.replace(facts.record::<Pass>(pass.id), &pass);
        }
        visit.undone = Some(Scanned { at: ctx.effective_at, device: ctx.device, by: ctx.actor });
        till.decision.put(&visit);
        till.decision.replace(facts.record::<MemberVisits>(visits.id), &visits);
        till.decision
    }
}

/// The members a list of visits names, newest first, without those taken back: who came in last.
#[must_use]
pub fn arrivals(mut visits: Vec<Visit>) -> Vec<Visit> {
    visits.retain(|v| v.undone.is_none());
    order::by_key(&mut visits, |visit| std::cmp::Reverse((visit.at, visit.id)));
    visits
}

/// The record ids behind one answer at the door, for a screen that shows it live.
#[must_use]
pub fn door_ids(member_id: MemberId) -> [Id; 2] {
    [member_visits_id(member_id), payments::owed_id(member_id)]
}
