//! Running one decision without I/O: it says what it must see, gets answers, and ends in a verdict.
//!
//! The hub, a solo device and a predicting device all run this; only where the answers come from differs.

use crate::kernel::alias::{self, Alias, Circle};
use crate::kernel::catalogue::Catalogue;
use crate::kernel::command::{Block, Class, CommandDef, Input};
use crate::kernel::decide::{
    Authority, Ctx, Decision, Hold, Outcome, Parked, Quarantined, RefusalBody, Ruled, Verdict,
};
use crate::kernel::erasure::{AboutErased, Erased};
use crate::kernel::exceptions::{AboutAnswer, Audience, Exception, ExceptionDraft};
use crate::kernel::facts::{Answer, Facts, ROUNDS_MAX, Want};
use crate::kernel::ids::{CommandId, DeviceId, Id, PersonId, StudioId};
use crate::kernel::record::{Change, RecordBody as _};
use crate::kernel::{Planted, Role, Timestamp, planted};

/// Ids of exceptions start here, so that they never meet those a rule counts up itself.
const EXCEPTION_INDEX: u32 = 1 << 24;

/// A command with everything that comes from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The command.
    pub input: Input,
    /// Its id.
    pub command: CommandId,
    /// The studio.
    pub studio: StudioId,
    /// The device it was given on.
    pub device: DeviceId,
    /// Who gave it.
    pub actor: PersonId,
    /// What that person is here.
    pub role: Role,
    /// When it counts.
    pub effective_at: Timestamp,
    /// Who decides.
    pub authority: Authority,
}

/// What a decision needs next.
#[derive(Debug)]
pub enum Step {
    /// Answers to these.
    Load(Vec<Want>),
    /// Nothing: here it is.
    Done(Verdict),
}

/// A decision on its way.
#[derive(Debug)]
pub struct Deciding<'a> {
    catalogue: &'a Catalogue,
    case: &'a Case,
    facts: Facts,
    rounds: usize,
    reacting: usize,
    decided: Option<Decision>,
    /// Those the command is about who were erased before it.
    gone: Vec<Erased>,
    /// The command without what it tells about them.
    rest: Option<Input>,
}

impl<'a> Deciding<'a> {
    /// Begins.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, case: &'a Case) -> Self {
        Self {
            catalogue,
            case,
            facts: Facts::default(),
            rounds: 0,
            reacting: 0,
            decided: None,
            gone: Vec::new(),
            rest: None,
        }
    }

    /// Hands in an answer.
    pub fn answer(&mut self, want: Want, answer: Answer) {
        self.facts.add(want, answer);
    }

    /// True when every want so far was answered completely for this principal.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.facts.complete()
    }

    /// Goes on as far as the answers allow.
    pub fn step(&mut self) -> Step {
        let Some(def) = self.catalogue.command(&self.case.input.kind) else {
            return held(Parked::UnknownKind);
        };
        if self.case.input.kind_version > def.version {
            return held(Parked::UnknownKind);
        }
        // Whatever a list says: what happened in the room is told by those who work there.
        let told_by_staff = def.class != Class::Fact || self.case.role != Role::Member;
        if !def.roles.contains(&self.case.role) || !told_by_staff {
            return Step::Done(not_allowed(def.class));
        }
        if self.decided.is_none() {
            match self.rule(def) {
                Ok(decision) => self.decided = Some(decision),
                Err(step) => return step,
            }
        }
        self.finish(def.class)
    }

    /// Wants, then the rule itself.
    fn rule(&mut self, def: &CommandDef) -> Result<Decision, Step> {
        self.notice_erasures(def);
        let input = self.rest.as_ref().unwrap_or(&self.case.input);
        let Ok(named) = (def.circles)(input) else { return Err(quarantined()) };
        // What a rule asks of somebody it asks of all their ids, which are known one round later.
        let joined = named.iter().any(|id| Circle::so_far(*id, &self.facts).is_joined());
        if self.rounds < ROUNDS_MAX + usize::from(joined) {
            let Ok(mut wants) = (def.wants)(input, self.case.command, &self.facts) else {
                return Err(quarantined());
            };
            wants.extend(named.iter().map(|id| Want::id::<Alias>(*id)));
            wants.push((self.catalogue.zone_want)(self.case.studio));
            self.missing(&mut wants);
            if !wants.is_empty() {
                self.rounds += 1;
                return Err(Step::Load(wants));
            }
        }
        if !self.gone.is_empty() && def.class != Class::Fact {
            let why = serde_json::to_value(AboutErased::WasErased).unwrap_or_default();
            return Err(Step::Done(self.refused(def, RefusalBody { slice: "kernel".to_owned(), why })));
        }
        let block = if self.gone.is_empty() { Block::Written } else { Block::Erased };
        match (def.decide)(input, block, &self.facts, &self.ctx()) {
            Err(_) | Ok(Ruled::Malformed) => Err(quarantined()),
            Ok(Ruled::Refused(why)) if !self.facts.faulted() => Err(Step::Done(self.refused(def, why))),
            Ok(Ruled::Granted(mut decision)) if !self.facts.faulted() && !decision.broken => {
                // Of somebody who was erased, the item that says so is enough.
                let note = |id| alias::note(id, &self.case.input.kind, &self.facts);
                let named = if self.gone.is_empty() { named } else { Vec::new() };
                decision.exceptions.extend(named.into_iter().filter_map(note));
                Ok(decision)
            }
            Ok(_) => Err(held(Parked::InternalError)),
        }
    }

    /// At the hub a refusal is news: the device had granted it, or it would not have come. It is kept until somebody has
    /// read it.
    fn refused(&self, def: &CommandDef, why: RefusalBody) -> Verdict {
        let mut decision = Decision::nothing();
        let asked = serde_json::from_str(&self.case.input.payload);
        if let (Authority::Hub, true, Ok(asked)) = (self.case.authority, def.refusal_is_news, asked) {
            let told = AboutAnswer::RefusedLater { kind: def.kind.to_owned(), asked, refusal: why.clone() };
            let about = (def.subjects)(&self.case.input, self.case.command);
            let draft = ExceptionDraft::new("kernel", &told, about);
            let audience = Audience::of_refusal(self.case.role, def.roles);
            decision.put(&Exception { audience, ..exception(&self.ctx(), EXCEPTION_INDEX, draft) });
        }
        Verdict::Decided { outcome: Outcome::Refused { why }, changes: decision.changes }
    }

    /// From the first answers on: what happened to somebody who was erased counts under their number, without a word
    /// about them.
    fn notice_erasures(&mut self, def: &CommandDef) {
        if !self.gone.is_empty() || !self.facts.has_found(Erased::KIND) {
            return;
        }
        let (input, command) = (&self.case.input, self.case.command);
        let subjects = (def.subjects)(input, command);
        let erasure = |id: &Id| self.facts.records(&Erased::want(*id)).first().and_then(|r| r.read().ok());
        self.gone = subjects.iter().filter_map(erasure).collect();
        let gone: Vec<Id> = self.gone.iter().map(|erased| erased.subject).collect();
        self.rest = self.catalogue.input_without(input, command, &gone);
    }

    /// Reactions of other slices and erasures, then the verdict.
    fn finish(&mut self, class: Class) -> Step {
        let changes = self.decided.as_ref().map(|d| d.changes.clone()).unwrap_or_default();
        let erasures = erasures(&changes);
        if self.reacting < ROUNDS_MAX {
            let asked = self.catalogue.reactions(&changes);
            let mut wants: Vec<Want> =
                asked.flat_map(|(reaction, heard)| (reaction.wants)(&heard, &self.facts)).collect();
            wants.extend(erasures.iter().flat_map(|erased| self.catalogue.erasure_wants(erased.subject)));
            self.missing(&mut wants);
            if !wants.is_empty() {
                self.reacting += 1;
                return Step::Load(wants);
            }
        }
        let ctx = self.ctx();
        let mut decision = self.decided.take().unwrap_or_default();
        for (reaction, heard) in self.catalogue.reactions(&changes) {
            decision.absorb((reaction.react)(&heard, &self.facts, &ctx));
        }
        if self.facts.faulted() || decision.broken {
            return held(Parked::InternalError);
        }
        for erased in &erasures {
            self.erase(erased, &mut decision);
        }
        if let Some(first) = self.gone.first() {
            decision.raise(ExceptionDraft::new("kernel", &AboutErased::ErasedSubject, vec![first.subject]));
        }
        let mut verdict = verdict(class, decision, &ctx);
        if let Verdict::Decided { changes, .. } = &mut verdict {
            self.scrub(changes, &erasures);
        }
        Step::Done(verdict)
    }

    /// Adds what becomes of everything that tells something about somebody who is erased by this command.
    fn erase(&self, erased: &Erased, decision: &mut Decision) {
        let found = self.catalogue.erasure_wants(erased.subject);
        for record in found.iter().flat_map(|want| self.facts.records(want)) {
            if !decision.changes.iter().any(|c| c.kind == record.kind && c.id == record.id) {
                decision.changes.extend(self.catalogue.left_of(record, erased));
            }
        }
    }

    /// Whatever a rule wrote: nothing of it tells anything about somebody who was erased.
    fn scrub(&self, changes: &mut [Change], erasures: &[Erased]) {
        for erased in self.gone.iter().chain(erasures) {
            for change in changes.iter_mut() {
                if let Some(left) = self.catalogue.change_without(change, erased) {
                    *change = left;
                }
            }
        }
    }

    fn missing(&self, wants: &mut Vec<Want>) {
        wants.retain(|w| !self.facts.has(w));
        wants.sort();
        wants.dedup();
    }

    fn ctx(&self) -> Ctx {
        let zone = (self.catalogue.zone)(&self.facts, self.case.studio);
        Ctx {
            command: self.case.command,
            studio: self.case.studio,
            device: self.case.device,
            actor: self.case.actor,
            role: self.case.role,
            effective_at: self.case.effective_at,
            zone,
            today: zone.day(self.case.effective_at),
            authority: self.case.authority,
        }
    }
}

/// Runs a decision whose answers are at hand.
pub fn decide_now(catalogue: &Catalogue, case: &Case, mut answer: impl FnMut(&Want) -> Answer) -> Verdict {
    let mut deciding = Deciding::new(catalogue, case);
    loop {
        match deciding.step() {
            Step::Done(verdict) => return verdict,
            Step::Load(wants) => {
                for want in wants {
                    let found = answer(&want);
                    deciding.answer(want, found);
                }
            }
        }
    }
}

fn verdict(class: Class, mut decision: Decision, ctx: &Ctx) -> Verdict {
    let drafts = std::mem::take(&mut decision.exceptions);
    let mut ids: Vec<Id> = Vec::with_capacity(drafts.len());
    for (index, draft) in (EXCEPTION_INDEX..).zip(drafts) {
        let item = exception(ctx, index, draft);
        ids.push(item.id);
        decision.put(&item);
    }
    let outcome = match (class, decision.changed.take()) {
        (Class::Fact, _) => Outcome::Recorded { exceptions: ids },
        (_, Some(what)) => Outcome::Changed { what },
        (_, None) if ids.is_empty() => Outcome::Accepted,
        (_, None) => Outcome::Recorded { exceptions: ids },
    };
    Verdict::Decided { outcome, changes: decision.changes }
}

fn exception(ctx: &Ctx, index: u32, draft: ExceptionDraft) -> Exception {
    Exception {
        id: ctx.id(index),
        slice: draft.slice.to_owned(),
        what: draft.what,
        about: draft.about,
        command: ctx.command,
        actor: ctx.actor,
        device: ctx.device,
        raised_at: ctx.effective_at,
        audience: Audience::Desk,
        settled: None,
    }
}

fn not_allowed(class: Class) -> Verdict {
    if class == Class::Fact && !planted(Planted::FactRefused) {
        return Verdict::Held(Hold::Quarantined { why: Quarantined::NotAllowed });
    }
    let why = RefusalBody { slice: "kernel".to_owned(), why: serde_json::json!({ "code": "not_allowed" }) };
    Verdict::Decided { outcome: Outcome::Refused { why }, changes: Vec::new() }
}

/// The people whom these changes erase.
fn erasures(changes: &[Change]) -> Vec<Erased> {
    let bodies = changes.iter().filter(|c| c.kind == Erased::KIND).filter_map(|c| c.body.as_ref());
    bodies.filter_map(|body| serde_json::from_str(body).ok()).collect()
}

fn held(why: Parked) -> Step {
    Step::Done(Verdict::Held(Hold::Parked { why }))
}

fn quarantined() -> Step {
    Step::Done(Verdict::Held(Hold::Quarantined { why: Quarantined::Malformed }))
}

#[cfg(test)]
mod tests;
