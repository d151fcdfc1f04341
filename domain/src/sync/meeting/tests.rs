use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use uuid::Uuid;

use super::*;
use crate::kernel::Command;
use crate::kernel::command::Input;
use crate::kernel::decide::{Hold, Quarantined};
use crate::kernel::devices::{DeviceName, KnowDevice};
use crate::kernel::ids::PersonId;
use crate::sync::Cursor;
use crate::sync::wire::{DROP_COUNT_MAX, Receipt};

const STUDIO: StudioId = StudioId(Uuid::from_u128(1));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(2));
const EPOCH: Id = Uuid::from_u128(3);
const RESTORED: Id = Uuid::from_u128(4);

/// A device that left, and the hub it meets: both as little as a meeting needs.
struct Left {
    /// The journal: each line with its answer.
    lines: RefCell<Vec<(Entry, Option<Answered>)>>,
    resending: Cell<Option<Resending>>,
    reading: RefCell<Reading>,
    /// The hub's life, and how many entries each push brought.
    hub_epoch: Cell<Id>,
    pushes: RefCell<Vec<usize>>,
    /// Says how the device stands; an old hub does not.
    wipe: Option<Standing>,
    /// Somebody gives one more command while the first empty push is under way.
    late: Cell<bool>,
    /// Calls after which nobody answers any more.
    calls_left: Cell<u32>,
    /// What becomes of the next answers to a pull, the last one first; with none it gets no answer.
    takes: RefCell<Vec<Taken>>,
}

fn entry(seq: u64, prev_hash: Hash) -> Entry {
    let envelope = Envelope {
        v: 1,
        id: CommandId(Uuid::from_u128(100 + u128::from(seq))),
        studio: STUDIO,
        device: DEVICE,
        epoch: 1,
        seq,
        prev_hash,
        actor: PersonId::default(),
        session: Id::nil(),
        group: None,
        depends_on: Vec::new(),
        kind: KnowDevice::KIND.to_owned(),
        kind_version: 1,
        base_cursor: Cursor::default(),
        seen: None,
        claimed_at: Timestamp(0),
        mono_since_sync_ms: None,
        hub_time_at_sync: None,
        tz: "Etc/UTC".to_owned(),
        payload_hash: Hash::default(),
        personal_hash: None,
    };
    let input = KnowDevice { device_id: DEVICE, standing: Standing::InUse, life: 0 };
    Entry::seal(envelope, Input::encode(&input, &DeviceName::default()).unwrap()).unwrap()
}

impl Left {
    fn new(waiting: u64) -> Self {
        let left = Self {
            lines: RefCell::default(),
            resending: Cell::new(None),
            reading: RefCell::new(Reading { hub_epoch: EPOCH, ..Reading::default() }),
            hub_epoch: Cell::new(EPOCH),
            pushes: RefCell::default(),
            wipe: Some(Standing::ShutOut),
            late: Cell::new(false),
            calls_left: Cell::new(u32::MAX),
            takes: RefCell::default(),
        };
        (0..waiting).for_each(|_| left.give());
        left
    }

    fn give(&self) {
        let mut lines = self.lines.borrow_mut();
        let prev_hash = lines.last().map(|(entry, _)| entry.hash()).unwrap_or_default();
        let seq = u64::try_from(lines.len()).unwrap() + 1;
        lines.push((entry(seq, prev_hash), None));
    }

    /// The hub takes an entry, be it for the first time.
    fn answer(&self, entry: &Entry) -> Answered {
        let answer = OutcomeOrHold::Hold(Hold::Quarantined { why: Quarantined::RevokedDevice });
        let receipt = Receipt {
            hub_epoch: self.hub_epoch.get(),
            hub_seq: 1,
            effective_at: Timestamp(0),
            mac: String::new(),
        };
        Answered { id: entry.cover().unwrap().id, answer, receipt }
    }

    fn problem(&self, code: ProblemCode) -> CallError {
        let problem = match code {
            ProblemCode::Restored => Problem::restored(self.hub_epoch.get()),
            code => Problem { code, detail: String::new(), hub_epoch: None },
        };
        CallError::Refused { problem, retry_ms: None }
    }

    fn meet(&self) -> Trouble<()> {
        let mut meeting = pin!(meet(self));
        match meeting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ended) => ended.unwrap_err(),
            Poll::Pending => panic!("nothing here waits"),
        }
    }

    fn waiting_now(&self) -> usize {
        self.lines.borrow().iter().filter(|(_, answered)| answered.is_none()).count()
    }

    /// Everything was answered before the hub was put back to a copy.
    fn answered_before_a_restore(waiting: u64) -> Self {
        let left = Self::new(waiting);
        for line in left.lines.borrow_mut().iter_mut() {
            line.1 = Some(left.answer(&line.0));
        }
        left.hub_epoch.set(RESTORED);
        left
    }
}

fn places<'a, T>(
    lines: &'a [(Entry, Option<Answered>)],
    pick: fn(u64, &'a (Entry, Option<Answered>)) -> Option<T>,
) -> Vec<T> {
    (1..).zip(lines).filter_map(|(at, line)| pick(at, line)).collect()
}

impl Side for Left {
    type Error = ();

    fn who(&self) -> (StudioId, DeviceId) {
        (STUDIO, DEVICE)
    }
    async fn sign(&self, _: &[u8]) -> Result<String, ()> {
        Ok(String::new())
    }
    fn hear(&self, _: Timestamp) {}
    fn progress(&self, _: u64, _: u64) {}
    async fn waiting(&self, limit: u32) -> Result<Vec<Waits>, ()> {
        let lines = self.lines.borrow();
        let mut waiting = places(&lines, |at, (entry, answered)| {
            answered.is_none().then(|| Waits { at, entry: entry.clone() })
        });
        waiting.truncate(usize::try_from(limit).unwrap());
        Ok(waiting)
    }
    async fn count_waiting(&self) -> Result<u64, ()> {
        Ok(u64::try_from(self.waiting_now()).unwrap())
    }
    async fn sent_after(&self, after: u64, limit: u32) -> Result<Vec<Sent>, ()> {
        let lines = self.lines.borrow();
        let mut sent = places(&lines, |at, (entry, answered)| {
            answered.clone().map(|answered| Sent { at, entry: entry.clone(), answered })
        });
        sent.retain(|line| line.at > after);
        sent.truncate(usize::try_from(limit).unwrap());
        Ok(sent)
    }
    async fn last_sent(&self) -> Result<Option<Sent>, ()> {
        Ok(None)
    }
    async fn resending(&self) -> Result<Option<Resending>, ()> {
        Ok(self.resending.get())
    }
    async fn note_resending(&self, resending: Option<Resending>) -> Result<(), ()> {
        self.resending.set(resending);
        Ok(())
    }
    async fn answered(&self, answers: &[Answered]) -> Result<(), ()> {
        for (entry, answered) in self.lines.borrow_mut().iter_mut() {
            let id = entry.cover().unwrap().id;
            if let Some(answer) = answers.iter().find(|a| a.id == id) {
                *answered = Some(answer.clone());
            }
        }
        Ok(())
    }
    async fn lay_aside(&self, at: u64, _: &Problem) -> Result<(), ()> {
        panic!("line {at} can be read")
    }
    async fn begin_life(&self, _: &Fork) -> Result<(), ()> {
        Ok(())
    }
    async fn reading(&self) -> Result<Reading, ()> {
        Ok(self.reading.borrow().clone())
    }
    async fn take_pull(&self, _: PullAnswer) -> Result<Taken, ()> {
        Ok(self.takes.borrow_mut().pop().expect("nothing is sent to a device that left"))
    }
    async fn begin_history(&self, hub_epoch: Id) -> Result<(), ()> {
        self.reading.replace(Reading { hub_epoch, ..Reading::default() });
        Ok(())
    }
    async fn blobs_waiting(&self) -> Result<Vec<Hash>, ()> {
        Ok(Vec::new())
    }
    async fn put_blob(&self, _: &Hash) -> Result<Result<(), CallError>, ()> {
        Ok(Ok(()))
    }
    async fn blob_sent(&self, _: &Hash) -> Result<(), ()> {
        Ok(())
    }
    async fn challenge(&self, _: &AskChallenge) -> Result<Challenge, CallError> {
        Ok(Challenge { nonce: String::new() })
    }
    async fn prove(&self, _: &Prove) -> Result<(), CallError> {
        Err(self.problem(ProblemCode::Revoked))
    }
    async fn push(&self, push: &Push) -> Result<PushAnswer, CallError> {
        let left = self.calls_left.get().checked_sub(1).ok_or(CallError::Offline)?;
        self.calls_left.set(left);
        if push.entries.len() > DROP_COUNT_MAX {
            return Err(self.problem(ProblemCode::TooLarge));
        }
        if push.known.as_ref().is_some_and(|known| known.hub_epoch != self.hub_epoch.get()) {
            return Err(self.problem(ProblemCode::Restored));
        }
        self.pushes.borrow_mut().push(push.entries.len());
        if push.entries.is_empty() && self.late.take() {
            self.give();
        }
        Ok(PushAnswer {
            hub_epoch: self.hub_epoch.get(),
            hub_time: Timestamp(0),
            answers: push.entries.iter().map(|entry| self.answer(entry)).collect(),
            fork: None,
            retry_after_ms: None,
            wipe: self.wipe,
        })
    }
    async fn pull(&self, _: &Pull) -> Result<PullAnswer, CallError> {
        if self.takes.borrow().is_empty() {
            return Err(self.problem(ProblemCode::SignIn));
        }
        Ok(PullAnswer {
            hub_epoch: self.hub_epoch.get(),
            hub_time: Timestamp(0),
            erased: Vec::new(),
            erased_to: 0,
            left: Vec::new(),
            rows: Vec::new(),
            cursors: BTreeMap::new(),
            more: false,
            mark: None,
            answers: Vec::new(),
        })
    }
}

#[test]
fn a_device_that_left_drops_off_all_it_has_before_it_is_told_to_forget() {
    let left = Left::new(60);
    assert_eq!(left.meet(), Trouble::Forget(Standing::ShutOut));
    assert_eq!(left.waiting_now(), 0);
    let pushes = left.pushes.take();
    assert_eq!(pushes.iter().sum::<usize>(), 60);
    assert_eq!(pushes.iter().position(|count| *count == 0), Some(pushes.len() - 1));
}

/// Reads with these fates of the answers, the first one first; says how it ended and how many were not needed.
fn read_with(takes: impl IntoIterator<Item = Taken>) -> (Result<(), Trouble<()>>, usize) {
    let mut takes: Vec<Taken> = takes.into_iter().collect();
    takes.reverse();
    let side = Left { takes: RefCell::new(takes), ..Left::new(0) };
    let mut reading = pin!(read(&side));
    let Poll::Ready(ended) = reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing here waits")
    };
    (ended, side.takes.borrow().len())
}

#[test]
fn an_answer_that_another_tab_overtook_is_asked_for_again() {
    // Its last rows may be known to nobody here: only an answer that was kept ends the reading.
    assert_eq!(read_with([Taken::AskAgain, Taken::AskAgain, Taken::Whole]), (Ok(()), 0));
    assert_eq!(read_with([Taken::Whole, Taken::Whole]), (Ok(()), 1));
    assert_eq!(read_with([Taken::AskAgain; 30]), (Err(Trouble::Stuck), 13));
}

#[test]
fn a_refused_session_alone_makes_nobody_forget() {
    let left = Left { wipe: None, ..Left::new(0) };
    assert_eq!(left.meet(), Trouble::ShutOut);
    let left = Left::new(0);
    left.calls_left.set(0);
    assert_eq!(left.meet(), Trouble::Offline);
}

#[test]
fn what_is_given_while_the_order_is_on_its_way_goes_up_first() {
    let left = Left::new(1);
    left.late.set(true);
    assert_eq!(left.meet(), Trouble::Forget(Standing::ShutOut));
    assert_eq!((left.waiting_now(), left.pushes.take()), (0, vec![1, 0, 1, 0]));
}

#[test]
fn what_a_restored_hub_forgot_is_given_back_first_however_often_that_breaks_off() {
    let whole = Left::answered_before_a_restore(100);
    assert_eq!(whole.meet(), Trouble::Forget(Standing::ShutOut));
    assert_eq!(whole.pushes.take().iter().sum::<usize>(), 100);
    // Each meeting gets a few calls, and none of them ends in forgetting before everything was given back.
    let broken = Left::answered_before_a_restore(100);
    let mut given_back = 0;
    for _ in 0..20 {
        broken.calls_left.set(3);
        let ended = broken.meet();
        given_back += broken.pushes.take().iter().sum::<usize>();
        if ended == Trouble::Forget(Standing::ShutOut) {
            assert_eq!(given_back, 100);
            return;
        }
        assert_eq!(ended, Trouble::Offline);
    }
    panic!("it never ends");
}
