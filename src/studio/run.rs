//! Running one command: facts, the rule, the journal, and only then the screen.

use futures_channel::oneshot;
use leptos::task::spawn_local;
use rollcall_domain::kernel::decide::{Outcome, Verdict};
use rollcall_domain::kernel::erasure::Erased;
use rollcall_domain::kernel::facts::{Answer, Want};
use rollcall_domain::kernel::ids::Hash;
use rollcall_domain::kernel::record::{Change, RecordBody as _, Temperature};
use rollcall_domain::registry;
use rollcall_domain::sync::book::Pending;
use rollcall_domain::sync::deciding::{Case, Deciding, Step};
use rollcall_domain::sync::envelope::{Cursor, Entry, Envelope};

use super::failure::{Failure, RunError};
use super::me::{Authority, Me};
use super::order::{Number, Numbers, Order};
use super::{Studio, tabs};
use crate::journal::{Draft, Head, JournalError, Line};

/// Times a command is decided again because another tab moved the head.
const TRIES_MAX: u32 = 3;

/// A command that is saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What it was answered; what the hub is expected to answer when `predicted`.
    pub outcome: Option<Outcome>,
    /// The records it changes.
    pub changes: Vec<Change>,
    /// True while the hub has not answered.
    pub predicted: bool,
}

/// What was decided, and the memory of how.
struct Decided {
    case: Case,
    verdict: Verdict,
    loaded: Vec<(Want, Answer)>,
}

impl Studio {
    /// Decides and saves a command; durable when it returns `Ok`. Leaving the page's component does not stop it.
    pub async fn run(&self, order: Order) -> Result<Done, RunError> {
        let (tell, told) = oneshot::channel();
        let studio = self.clone();
        spawn_local(async move {
            let result = studio.run_in_turn(&order).await;
            studio.note_room(&result);
            // Nobody may be listening any more; the command is saved all the same.
            let _ = tell.send(result);
        });
        told.await.unwrap_or(Err(RunError::Failed(Failure::Lost)))
    }

    /// What would come of a command now, by nothing but what is on this device. Nothing is saved.
    pub async fn foresee(&self, order: &Order) -> Result<Done, RunError> {
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        let (numbers, _) = take_numbers(&self.journal.head(), &me, order);
        let input = (order.make)(&numbers).map_err(|_| Failure::Broken)?;
        let decided = self.decide(order, &me, input).await?;
        let (outcome, changes) = granted(&decided.verdict)?;
        Ok(Done { outcome: Some(outcome), changes, predicted: true })
    }

    async fn run_in_turn(&self, order: &Order) -> Result<Done, RunError> {
        let _turn = self.gate.lock().await;
        let me = self.me_now().ok_or(Failure::NoStudio)?;
        for _ in 0..TRIES_MAX {
            let head = self.journal.head();
            let (numbers, counters) = take_numbers(&head, &me, order);
            let input = (order.make)(&numbers).map_err(|_| Failure::Broken)?;
            let input = self.forgetful(input, order.id);
            let decided = self.decide(order, &me, input).await?;
            let (outcome, changes) = granted(&decided.verdict)?;
            let draft = self.draft(order, &me, &head, counters, &decided, &outcome, &changes)?;
            match self.journal.append(&head, &draft).await {
                Ok(at) => return Ok(self.saved(&me, at, decided, outcome, changes).await),
                Err(JournalError::AlreadyThere(line)) => return Ok(done_before(*line)),
                Err(JournalError::HeadMoved(_)) => self.catch_up().await?,
                Err(other) => return Err(Failure::from(other).into()),
            }
        }
        Err(Failure::Contended.into())
    }

    /// Asks for facts until the rule can speak. What is in memory is answered at once, history is read.
    async fn decide(
        &self,
        order: &Order,
        me: &Me,
        input: rollcall_domain::kernel::Input,
    ) -> Result<Decided, Failure> {
        let catalogue = registry::catalogue();
        let case = Case {
            input,
            command: order.id,
            studio: me.studio,
            device: me.device,
            actor: me.person,
            role: me.role,
            effective_at: self.now(),
            authority: me.decides_as(),
        };
        let mut loaded = Vec::new();
        let verdict = {
            let mut deciding = Deciding::new(catalogue, &case);
            loop {
                let wants = match deciding.step() {
                    Step::Done(verdict) => break verdict,
                    Step::Load(wants) => wants,
                };
                for want in wants {
                    let answer = if catalogue.temperature(kind_of(&want)) == Temperature::Hot {
                        self.book.borrow().answer(&want)
                    } else {
                        let answer = Answer { records: self.store.cold(&want).await?, complete: true };
                        loaded.push((want.clone(), answer.clone()));
                        answer
                    };
                    deciding.answer(want, answer);
                }
            }
        };
        Ok(Decided { case, verdict, loaded })
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one line of the journal, used in one place")]
    fn draft(
        &self,
        order: &Order,
        me: &Me,
        head: &Head,
        counters: std::collections::BTreeMap<String, u64>,
        decided: &Decided,
        outcome: &Outcome,
        changes: &[Change],
    ) -> Result<Draft, Failure> {
        let entry = Entry::seal(self.envelope(order, me, head), decided.case.input.clone())
            .map_err(|_| Failure::Broken)?;
        let next = Head { epoch: head.epoch, seq: head.seq + 1, hash: entry.hash(), counters };
        let solo = me.authority == Authority::Solo;
        Ok(Draft {
            id: order.id,
            entry,
            next,
            decision: solo.then(|| changes.to_vec()),
            outcome: solo.then(|| outcome.clone()),
            blobs: order.blobs.clone(),
        })
    }

    fn envelope(&self, order: &Order, me: &Me, head: &Head) -> Envelope {
        let marks = self.store.marks();
        let sync = self.clock.since_sync();
        Envelope {
            v: 1,
            id: order.id,
            studio: me.studio,
            device: me.device,
            epoch: head.epoch,
            seq: head.seq + 1,
            prev_hash: head.hash.clone(),
            actor: me.person,
            session: me.session,
            group: order.group,
            depends_on: order.after.clone(),
            kind: String::new(),
            kind_version: 0,
            base_cursor: Cursor {
                hub_epoch: marks.hub_epoch,
                hub_seq: marks.cursors.values().copied().min().unwrap_or(0),
            },
            seen: order.seen.clone(),
            claimed_at: self.clock.device_now(),
            mono_since_sync_ms: sync.map(|(_, ms)| ms),
            hub_time_at_sync: sync.map(|(at, _)| at),
            tz: tabs::device_zone(),
            payload_hash: Hash::default(),
            personal_hash: None,
        }
    }

    /// The journal has it: now memory, screen and store may follow.
    async fn saved(
        &self,
        me: &Me,
        at: u64,
        decided: Decided,
        outcome: Outcome,
        changes: Vec<Change>,
    ) -> Done {
        self.taken_at.set(at);
        self.leave_mark();
        let predicted = me.authority == Authority::Hub;
        if predicted {
            let pending = Pending {
                case: decided.case,
                changes: changes.clone(),
                predicted: decided.verdict,
                hub_seq: None,
                loaded: decided.loaded,
            };
            let touched = self.book.borrow_mut().add(pending);
            self.notify(&touched);
            self.ring();
        } else {
            self.settle(&changes, at);
            // Shown as done when it is done everywhere on this device; cut off, the next start goes on with it.
            if changes.iter().any(|change| change.kind == Erased::KIND)
                && let Err(error) = self.forget_alone().await
            {
                leptos::logging::warn!("what was erased is still in the journal: {error}");
            }
        }
        self.tabs.tell();
        Done { outcome: Some(outcome), changes, predicted }
    }
}

/// What a verdict grants, or why it grants nothing.
fn granted(verdict: &Verdict) -> Result<(Outcome, Vec<Change>), RunError> {
    match verdict {
        Verdict::Decided { outcome: Outcome::Refused { why }, .. } => Err(RunError::Refused(why.clone())),
        Verdict::Decided { outcome, changes } => Ok((outcome.clone(), changes.clone())),
        Verdict::Held(hold) => Err(RunError::Held(hold.clone())),
    }
}

fn kind_of(want: &Want) -> &str {
    match want {
        Want::Id(kind, _) | Want::Key { kind, .. } | Want::Range { kind, .. } => kind,
    }
}

fn take_numbers(head: &Head, me: &Me, order: &Order) -> (Numbers, std::collections::BTreeMap<String, u64>) {
    let mut counters = head.counters.clone();
    let mut numbers = Numbers::default();
    for name in &order.counters {
        let n = counters.entry((*name).to_owned()).or_insert(0);
        *n += 1;
        numbers.0.insert(name, Number { series: me.series.clone(), n: *n });
    }
    (numbers, counters)
}

fn done_before(line: Line) -> Done {
    let predicted = line.decision.is_none();
    Done { outcome: line.outcome, changes: line.decision.unwrap_or_default(), predicted }
}
