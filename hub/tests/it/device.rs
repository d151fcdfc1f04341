//! A device without a screen: key, journal, sent log, the domain's own book over confirmed records, and the calls.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::command::{Command, Input};
use rollcall_domain::kernel::decide::{Authority, Verdict};
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId, Uuid};
use rollcall_domain::kernel::money::Currency;
use rollcall_domain::kernel::record::{Change, RecordBody};
use rollcall_domain::kernel::time::{Timestamp, Zone};
use rollcall_domain::kernel::{Outcome, Want};
use rollcall_domain::registry;
use rollcall_domain::studio::{OpenStudio, OwnerName, Section};
use rollcall_domain::sync::backup::{Blob, Decided, Header, Line as Saved, Writer};
use rollcall_domain::sync::book::{Book, MemConfirmed, Pending};
use rollcall_domain::sync::deciding::decide_now;
use rollcall_domain::sync::wire::{
    Answered, AskChallenge, Challenge, Claim, DeviceKey, Join, Joined, Mark, OutcomeOrHold, Prove, Pull,
    PullAnswer, Push, PushAnswer, Row, Told, Uploaded, one_push, push_message, session_message,
};
use rollcall_domain::sync::{Case, Cursor, Entry, Envelope, erasing};

use crate::http::{Call, Reply};
use crate::world::{Still, World};
use rollcall_hub::outside::Outside as _;

/// A command in the journal.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: CommandId,
    pub(crate) entry: Entry,
    pub(crate) envelope: Envelope,
    pub(crate) decision: Option<Vec<Change>>,
    pub(crate) outcome: Option<Outcome>,
}

/// A device.
pub(crate) struct Device {
    pub(crate) at: SocketAddr,
    /// Its own address.
    pub(crate) from: Ipv4Addr,
    pub(crate) key: SigningKey,
    pub(crate) id: DeviceId,
    pub(crate) studio: StudioId,
    pub(crate) person: PersonId,
    pub(crate) role: Role,
    pub(crate) epoch: u32,
    pub(crate) series: String,
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
    pub(crate) hub_epoch: Id,
    pub(crate) cursors: BTreeMap<Scope, u64>,
    pub(crate) mark: Option<Mark>,
    /// Up to which change it has heard of everybody who was erased.
    pub(crate) erased: u64,
    pub(crate) cookie: Option<String>,
    pub(crate) waiting: Vec<Line>,
    pub(crate) sent: Vec<(Line, Answered)>,
    pub(crate) book: Book<MemConfirmed>,
    /// How far its clock is off.
    pub(crate) clock_off_ms: i64,
    clock: Arc<Still>,
    number: u128,
    minted: u128,
}

impl Device {
    /// A device nobody knows yet.
    pub(crate) fn new(world: &World, number: u128) -> Self {
        let catalogue = registry::catalogue();
        let mut scalar = [0x11; 32];
        scalar[28..].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
        Self {
            at: world.at(),
            from: Ipv4Addr::LOCALHOST,
            key: SigningKey::from_bytes(&scalar.into()).unwrap(),
            id: DeviceId(Uuid::from_u128(0xD000 + number)),
            studio: StudioId(Uuid::from_u128(0xA)),
            person: PersonId(Uuid::from_u128(0xC000 + number)),
            role: Role::Owner,
            epoch: 1,
            series: "A".to_owned(),
            seq: 0,
            hash: Hash::default(),
            hub_epoch: Id::nil(),
            cursors: BTreeMap::new(),
            mark: None,
            erased: 0,
            cookie: None,
            waiting: Vec::new(),
            sent: Vec::new(),
            book: Book::new(catalogue, MemConfirmed::new(catalogue)),
            clock_off_ms: 0,
            clock: world.outside.clone(),
            number,
            minted: 0,
        }
    }

    /// The same, as its own authority.
    pub(crate) fn solo(world: &World, number: u128) -> Self {
        Self::new(world, number)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().plus_ms(self.clock_off_ms)
    }

    pub(crate) fn mint(&mut self) -> Id {
        self.minted += 1;
        Uuid::from_u128((self.number << 64) | self.minted)
    }

    /// Opens a studio on the device alone.
    pub(crate) fn open_studio(&mut self) -> CommandId {
        self.open_studio_named("Riverside")
    }

    pub(crate) fn open_studio_named(&mut self, name: &str) -> CommandId {
        let open = OpenStudio {
            name: name.to_owned(),
            zone: Zone::default(),
            currency: Currency::Cny,
            language: "en".to_owned(),
            sections: vec![Section::Indoor],
            sample: false,
        };
        self.give_solo(&open, &OwnerName { owner_name: "Lin".to_owned() })
    }

    fn case(&self, id: CommandId, input: Input, authority: Authority) -> Case {
        Case {
            input,
            command: id,
            studio: self.studio,
            device: self.id,
            actor: self.person,
            role: self.role,
            effective_at: self.now(),
            authority,
        }
    }

    /// Seals a command as the next of the chain.
    pub(crate) fn seal(
        &mut self,
        id: CommandId,
        input: Input,
        depends_on: Vec<CommandId>,
    ) -> (Entry, Envelope) {
        let envelope = Envelope {
            v: 1,
            id,
            studio: self.studio,
            device: self.id,
            epoch: self.epoch,
            seq: self.seq + 1,
            prev_hash: self.hash.clone(),
            actor: self.person,
            session: Id::nil(),
            group: None,
            depends_on,
            kind: String::new(),
            kind_version: 0,
            base_cursor: Cursor { hub_epoch: self.hub_epoch, hub_seq: self.covered() },
            seen: None,
            claimed_at: self.now(),
            mono_since_sync_ms: None,
            hub_time_at_sync: None,
            tz: "Asia/Shanghai".to_owned(),
            payload_hash: Hash::default(),
            personal_hash: None,
        };
        let entry = Entry::seal(envelope, input).unwrap();
        let envelope = entry.open().unwrap();
        self.seq = envelope.seq;
        self.hash = entry.hash();
        (entry, envelope)
    }

    /// Gives a command alone: decided here, and final.
    #[track_caller]
    pub(crate) fn give_solo<C: Command>(&mut self, command: &C, personal: &C::Personal) -> CommandId {
        let id = CommandId(self.mint());
        let input = Input::encode(command, personal).unwrap();
        let case = self.case(id, input.clone(), Authority::Solo);
        let Verdict::Decided { outcome, changes } =
            decide_now(registry::catalogue(), &case, |want| self.book.answer(want))
        else {
            panic!("not decided")
        };
        self.book.settle_here(&changes, self.seq + 1);
        let (entry, envelope) = self.seal(id, input, Vec::new());
        self.waiting.push(Line { id, entry, envelope, decision: Some(changes), outcome: Some(outcome) });
        id
    }

    /// Gives a command: predicted here, waiting for the hub.
    pub(crate) fn give<C: Command>(&mut self, command: &C, personal: &C::Personal) -> CommandId {
        self.give_after(command, personal, Vec::new())
    }

    pub(crate) fn give_after<C: Command>(
        &mut self,
        command: &C,
        personal: &C::Personal,
        after: Vec<CommandId>,
    ) -> CommandId {
        self.give_input(Input::encode(command, personal).unwrap(), after)
    }

    pub(crate) fn give_input(&mut self, input: Input, after: Vec<CommandId>) -> CommandId {
        let id = CommandId(self.mint());
        let case = self.case(id, input.clone(), Authority::Prediction);
        let predicted = decide_now(registry::catalogue(), &case, |want| self.book.answer(want));
        let changes = match &predicted {
            Verdict::Decided { changes, .. } => changes.clone(),
            Verdict::Held(_) => Vec::new(),
        };
        self.book.add(Pending { case, changes, predicted, hub_seq: None, loaded: Vec::new() });
        let (entry, envelope) = self.seal(id, input, after);
        self.waiting.push(Line { id, entry, envelope, decision: None, outcome: None });
        id
    }

    pub(crate) fn covered(&self) -> u64 {
        self.cursors.values().copied().min().unwrap_or(0)
    }

    pub(crate) fn device_key(&self) -> DeviceKey {
        let point = self.key.verifying_key().to_encoded_point(false);
        DeviceKey {
            device: self.id,
            public_key: URL_SAFE_NO_PAD.encode(point.as_bytes()),
            name: format!("Tablet {}", self.number),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> String {
        let signature: Signature = self.key.sign(message);
        URL_SAFE_NO_PAD.encode(signature.to_bytes())
    }

    pub(crate) async fn post(&mut self, path: &str, body: &impl serde::Serialize) -> Reply {
        Call::post(self.at, path, body).from(self.from).cookie(self.cookie.as_deref()).send().await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        Call::get(self.at, path).from(self.from).cookie(self.cookie.as_deref()).send().await
    }

    pub(crate) fn claim(&self, code: &str) -> Claim {
        Claim {
            code: code.to_owned(),
            device: self.device_key(),
            studio: self.studio,
            person: self.person,
            epoch: self.epoch,
            used_series: vec![self.series.clone()],
        }
    }

    pub(crate) fn enter(&mut self, joined: &Joined) {
        self.studio = joined.studio;
        self.person = joined.person;
        self.role = joined.role;
        self.epoch = joined.epoch;
        self.series.clone_from(&joined.series);
        self.seq = 0;
        self.hash = Hash::default();
    }

    /// Claims the hub and brings everything along.
    pub(crate) async fn claim_and_upload(&mut self, code: &str) -> Uploaded {
        let claim = self.claim(code);
        let joined: Joined = self.post("/api/v1/claim", &claim).await.json();
        self.sign_in().await;
        let uploaded: Uploaded = self.upload(&self.backup()).await.json();
        self.waiting.clear();
        self.enter(&joined);
        uploaded
    }

    pub(crate) async fn upload(&self, text: &str) -> Reply {
        Call::new(self.at, hyper::Method::POST, "/api/v1/upload")
            .from(self.from)
            .header("content-type", "application/x-ndjson")
            .cookie(self.cookie.as_deref())
            .body(text.as_bytes().to_vec())
            .send()
            .await
    }

    /// Everything this device has, as a plain backup.
    pub(crate) fn backup(&self) -> String {
        let photo = b"a photo";
        let records: Vec<_> = self.book.confirmed().all().cloned().collect();
        let header = Header {
            rollcall_backup: 1,
            studio: self.studio,
            hub_epoch: None,
            head: self.seq,
            head_hash: self.hash.clone(),
            created_at: self.now(),
            sample: false,
            records: u64::try_from(records.len()).unwrap(),
            entries: u64::try_from(self.waiting.len()).unwrap(),
            blobs: 1,
        };
        let (mut writer, mut text) = Writer::start(header).unwrap();
        for record in records {
            text.push_str(&writer.line(&Saved::Record((*record).clone())).unwrap());
        }
        for line in &self.waiting {
            let decided = Decided {
                entry: line.entry.clone(),
                decision: line.decision.clone(),
                answer: line.outcome.clone().map(OutcomeOrHold::Outcome),
                receipt: None,
                lane: None,
                effective_at: Some(line.envelope.claimed_at),
            };
            text.push_str(&writer.line(&Saved::Entry(decided)).unwrap());
        }
        text.push_str(&writer.line(&Saved::Blob(Blob::of(photo))).unwrap());
        text.push_str(&writer.finish().unwrap());
        text
    }

    pub(crate) async fn join(&mut self, code: &str) {
        let join = Join { code: code.to_owned(), device: self.device_key() };
        let joined: Joined = self.post("/api/v1/join", &join).await.json();
        self.enter(&joined);
        self.sign_in().await;
    }

    pub(crate) async fn prove(&mut self) -> Reply {
        let challenge: Challenge =
            self.post("/api/v1/challenge", &AskChallenge { device: self.id }).await.json();
        let signature = self.sign(&session_message(self.id, &challenge.nonce));
        let waiting = u32::try_from(self.waiting.len()).ok();
        let proof = Prove { device: self.id, nonce: challenge.nonce, signature, waiting };
        self.post("/api/v1/session", &proof).await
    }

    pub(crate) async fn sign_in(&mut self) {
        let reply = self.prove().await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        let cookie = reply.header("set-cookie").unwrap();
        assert!(
            cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Strict")
                && cookie.contains("Max-Age=900")
        );
        self.cookie = cookie.split(';').next().map(str::to_owned);
    }

    /// The next push as it would be sent.
    pub(crate) fn next_push(&self) -> Push {
        let count = one_push(self.waiting.iter().map(|l| (&l.entry, &l.envelope)));
        self.push_of(&self.waiting[..count])
    }

    pub(crate) fn push_of(&self, lines: &[Line]) -> Push {
        let entries: Vec<Entry> = lines.iter().map(|l| l.entry.clone()).collect();
        let epoch = lines.first().map_or(self.epoch, |l| l.envelope.epoch);
        let last = entries.last().map(Entry::hash).unwrap_or_default();
        let signature = self.sign(&push_message(self.studio, self.id, epoch, &last));
        Push {
            studio: self.studio,
            device: self.id,
            epoch,
            entries,
            signature,
            receipts: Vec::new(),
            known: None,
        }
    }

    /// Sends one push; the answer is not heard yet.
    pub(crate) async fn send(&mut self, push: &Push) -> Reply {
        self.post("/api/v1/push", push).await
    }

    /// Moves exactly the answered ones to sent.
    pub(crate) fn hear(&mut self, answer: &PushAnswer) {
        self.hear_answers(&answer.answers);
        if let Some(fork) = answer.fork.as_ref().filter(|f| f.epoch > self.epoch) {
            self.epoch = fork.epoch;
            self.series.clone_from(&fork.series);
            self.seq = 0;
            self.hash = Hash::default();
        }
    }

    fn hear_answers(&mut self, answers: &[Answered]) {
        for answered in answers {
            if let Some(at) = self.waiting.iter().position(|l| l.id == answered.id) {
                let line = self.waiting.remove(at);
                self.sent.push((line, answered.clone()));
            } else if let Some((_, kept)) = self.sent.iter_mut().find(|(l, _)| l.id == answered.id) {
                *kept = answered.clone();
            }
        }
        let outcome = |a: &Answered| match &a.answer {
            OutcomeOrHold::Outcome(outcome) => Some(outcome.clone()),
            OutcomeOrHold::Hold(_) => None,
        };
        let heard: Vec<_> = answers.iter().map(|a| (a.id, outcome(a), a.receipt.hub_seq)).collect();
        self.book.answered(&heard, self.covered());
    }

    /// Pushes until nothing waits.
    pub(crate) async fn push(&mut self) -> Vec<Answered> {
        let mut answers = Vec::new();
        while !self.waiting.is_empty() {
            let push = self.next_push();
            let answer: PushAnswer = self.send(&push).await.json();
            assert!(!answer.answers.is_empty());
            self.hear(&answer);
            answers.extend(answer.answers);
        }
        answers
    }

    fn next_pull(&self, limit: u32, waiting: Option<u32>, read: Option<Mark>, told: Option<Told>) -> Pull {
        let (hub_epoch, cursors) = (self.hub_epoch, self.cursors.clone());
        Pull { hub_epoch, cursors, limit, waiting, read, told, erased: self.erased }
    }

    pub(crate) async fn pull_once(&mut self, limit: u32) -> PullAnswer {
        let waiting = u32::try_from(self.waiting.len()).ok();
        let (read, told) = (self.mark.clone(), None);
        let pull = self.next_pull(limit, waiting, read, told);
        let answer: PullAnswer = self.post("/api/v1/pull", &pull).await.json();
        self.take_in(answer)
    }

    /// The same, where the hub may be gone: then nothing has changed.
    #[allow(dead_code, reason = "the load tool shares this device, and its hubs are killed")]
    pub(crate) async fn try_pull_once(&mut self, limit: u32) -> Option<PullAnswer> {
        let (read, told) = (self.mark.clone(), None);
        let waiting = u32::try_from(self.waiting.len()).ok();
        let pull = self.next_pull(limit, waiting, read, told);
        let call = Call::post(self.at, "/api/v1/pull", &pull).from(self.from);
        let reply = call.cookie(self.cookie.as_deref()).try_send().await?;
        (reply.status == 200).then(|| self.take_in(reply.json()))
    }

    fn take_in(&mut self, answer: PullAnswer) -> PullAnswer {
        if answer.hub_epoch != self.hub_epoch {
            let catalogue = registry::catalogue();
            let pending = self.book.pending().to_vec();
            self.book = Book::new(catalogue, MemConfirmed::new(catalogue));
            for one in pending {
                self.book.add(one);
            }
            self.hub_epoch = answer.hub_epoch;
        }
        self.cursors.clone_from(&answer.cursors);
        self.mark.clone_from(&answer.mark);
        self.erased = answer.erased_to;
        let mut rows = self.forget(&answer.erased);
        rows.extend(answer.rows.iter().cloned());
        self.book.absorb(&rows, answer.covered());
        self.hear_answers(&answer.answers);
        answer
    }

    /// Forgets whoever was erased: in its journal, and in what it holds; the rows say so.
    fn forget(&mut self, told: &[Row]) -> Vec<Row> {
        let erased = erasing::erased_in(told);
        let gone: Vec<Id> = erased.iter().map(|erased| erased.subject).collect();
        let lines = self.waiting.iter_mut().chain(self.sent.iter_mut().map(|(line, _)| line));
        for line in lines {
            if let Some(rest) = erasing::entry_without(registry::catalogue(), &line.entry, &gone) {
                line.entry = rest;
            }
        }
        let held = self.book.confirmed().all();
        let left = held.filter_map(|r| erasing::row_without(registry::catalogue(), r, &erased));
        told.iter().cloned().chain(left).collect()
    }

    /// Pulls until there is no more.
    pub(crate) async fn pull(&mut self) {
        while self.pull_once(500).await.more {}
    }

    pub(crate) async fn sync(&mut self) {
        self.push().await;
        self.pull().await;
    }

    /// A record as the screen would show it.
    pub(crate) fn find<T: RecordBody>(&self, id: impl Into<Id>) -> Option<T> {
        self.book.get(T::KIND, id.into()).map(|seen| seen.record.read().unwrap())
    }

    pub(crate) fn all<T: RecordBody>(&self, want: &Want) -> Vec<T> {
        self.book.answer(want).records.iter().map(|r| r.read().unwrap()).collect()
    }

    /// All confirmed records, to compare devices by.
    pub(crate) fn confirmed(&self) -> Vec<(String, Id, u64, String)> {
        let row = |r: &Arc<rollcall_domain::kernel::Record>| {
            (r.kind.to_string(), r.id, r.version, r.body.to_string())
        };
        self.book.confirmed().all().map(row).collect()
    }
}
