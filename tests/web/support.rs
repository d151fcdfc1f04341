//! What the browser tests share: a laundry with three kinds of record, a dice that always falls the same, and a way to
//! make the browser misbehave.

use rollcall::journal::{Draft, Head, Journal};
use rollcall::store::{Shelf, Store};
use rollcall::vault::Sealer;
use rollcall_domain::kernel::catalogue::Telling;
use rollcall_domain::kernel::ids::{CommandId, Hash, PersonId, Uuid};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::{
    Catalogue, Change, Erased, Fate, Id, Keys, KindDef, KindName, Record, RecordBody, Scope, SearchRow,
    Slice, Tells, Temperature, Timestamp,
};
use rollcall_domain::registry;
use rollcall_domain::sync::envelope::Entry;
use rollcall_domain::sync::wire::Row;
use serde::{Deserialize, Serialize};

/// A hot kind that is searched and has keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Towel {
    pub(crate) id: Id,
    pub(crate) owner: String,
    pub(crate) colour: String,
    pub(crate) washes: i64,
}

impl RecordBody for Towel {
    const KIND: &'static str = "towel";
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        (!self.owner.is_empty()).then_some(self.id).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        Fate::Becomes(Self { owner: String::new(), ..self })
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope(format!("shelf:{}", self.colour))]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("towel.colour", KeyValue::of(self.colour.as_str()));
        keys.shared("towel.washes", KeyValue::of(self.washes));
    }
    fn search(&self) -> Option<SearchRow> {
        Some(SearchRow {
            subject: self.id,
            sort: self.owner.clone(),
            words: format!("{} {}", self.owner, self.colour),
        })
    }
}

/// The same kind in a later build: other keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LaterTowel {
    id: Id,
    owner: String,
}

impl RecordBody for LaterTowel {
    const KIND: &'static str = "towel";
    const KEYS_VERSION: u16 = 2;
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::everyone()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("towel.owner", KeyValue::of(self.owner.as_str()));
    }
}

/// A hot kind that adds words to a towel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) id: Id,
    pub(crate) towel: Id,
    pub(crate) text: String,
}

impl RecordBody for Label {
    const KIND: &'static str = "label";
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.towel]
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::everyone()]
    }
    fn search(&self) -> Option<SearchRow> {
        Some(SearchRow { subject: self.towel, sort: String::new(), words: self.text.clone() })
    }
}

/// A cold kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wash {
    pub(crate) id: Id,
    pub(crate) towel: Id,
    pub(crate) at: Timestamp,
}

impl RecordBody for Wash {
    const KIND: &'static str = "wash";
    const TEMPERATURE: Temperature = Temperature::Cold;
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::everyone()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("wash.towel", KeyValue::of(self.towel));
        keys.shared("wash.at", KeyValue::of(self.at));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// A cold kind that is looked for by something personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pickup {
    pub(crate) id: Id,
    pub(crate) phone: String,
    pub(crate) at: Timestamp,
}

impl RecordBody for Pickup {
    const KIND: &'static str = "pickup";
    const TEMPERATURE: Temperature = Temperature::Cold;
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::everyone()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("pickup.phone", KeyValue::of(self.phone.as_str()));
        keys.shared("pickup.at", KeyValue::of(self.at));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// The same kind in a later build: needed at the desk, and with another key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HotWash {
    id: Id,
    towel: Id,
}

impl RecordBody for HotWash {
    const KIND: &'static str = "wash";
    const KEYS_VERSION: u16 = 2;
    fn id(&self) -> Id {
        self.id
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::everyone()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared("wash.of", KeyValue::of(self.towel));
    }
}

macro_rules! catalogue {
    ($name:ident, $($kind:ty),*) => {
        pub(crate) static $name: Catalogue = Catalogue {
            slices: &[Slice { name: "laundry", kinds: &[$(KindDef::of::<$kind>()),*], commands: &[], reactions: &[], views: &[], exceptions: Telling::Figures }],
            zone_want: registry::catalogue().zone_want,
            person: registry::catalogue().person,
            zone: registry::catalogue().zone,
        };
    };
}
catalogue!(LAUNDRY, Towel, Label, Wash);
catalogue!(LATER, LaterTowel, Label, HotWash);
catalogue!(SMALL, Label);
catalogue!(COUNTER, Towel, Pickup);

/// A name no other test has used.
pub(crate) fn fresh(name: &str) -> String {
    format!("test-{name}-{}", js_sys::Math::random())
}

/// What the tests' journals are sealed under.
pub(crate) fn journal_sealer() -> Sealer {
    Sealer::new([1; 32], 1)
}

/// What the tests' stores are sealed under.
pub(crate) fn store_sealer() -> Sealer {
    Sealer::new([2; 32], 1)
}

pub(crate) async fn open_store(name: &str) -> (Store, Shelf) {
    let (store, shelf, _) = Store::open(name, &LAUNDRY, store_sealer()).await.unwrap();
    (store, shelf)
}

pub(crate) fn row_of<T: RecordBody>(body: &T, version: u64) -> Row {
    let json = serde_json::to_string(body).unwrap();
    Row {
        kind: KindName::Borrowed(T::KIND),
        kind_version: 1,
        id: body.id(),
        version,
        body: Some(json.into()),
    }
}

pub(crate) fn gone(kind: &'static str, id: Id, version: u64) -> Row {
    Row { kind: KindName::Borrowed(kind), kind_version: 1, id, version, body: None }
}

pub(crate) fn towel(n: u128, owner: &str, colour: &str) -> Towel {
    Towel { id: Uuid::from_u128(n), owner: owner.to_owned(), colour: colour.to_owned(), washes: 0 }
}

/// Every record of a store, in order.
pub(crate) async fn everything(store: &Store) -> Vec<Record> {
    let mut all = Vec::new();
    store.all_records(|record| all.push(record.clone())).await.unwrap();
    all.sort_by(|a, b| (&a.kind, a.id).cmp(&(&b.kind, b.id)));
    all
}

pub(crate) fn command(n: u128) -> CommandId {
    CommandId(Uuid::from_u128(n))
}

/// A command that continues the chain of `head`. The journal does not look inside.
pub(crate) fn draft(n: u128, head: &Head) -> Draft {
    let entry = Entry {
        envelope: format!("{{\"n\":{n}}}"),
        payload: "{\"小\":\"毛巾\"}".to_owned(),
        personal: Some("{}".to_owned()),
    };
    let mut next = head.clone();
    next.seq += 1;
    next.hash = entry.hash();
    Draft { id: command(n), entry, next, decision: None, outcome: None, blobs: Vec::new() }
}

/// The same, decided here.
pub(crate) fn decided(n: u128, head: &Head, changes: Vec<Change>) -> Draft {
    Draft {
        decision: Some(changes),
        outcome: Some(rollcall_domain::kernel::Outcome::Accepted),
        ..draft(n, head)
    }
}

pub(crate) async fn append(journal: &Journal, n: u128) -> u64 {
    let head = journal.head();
    journal.append(&head, &draft(n, &head)).await.unwrap()
}

/// Somebody was erased.
pub(crate) fn erased(subject: u128) -> Erased {
    Erased {
        subject: Uuid::from_u128(subject),
        at: Timestamp(1_795_309_200_000),
        by: PersonId(Uuid::from_u128(3)),
        command: command(4),
    }
}

pub(crate) fn hash(text: &str) -> Hash {
    Hash::of(text.as_bytes())
}

/// Everything in a database as it lies there, keys and index keys among it: texts, and bytes one character each.
pub(crate) async fn dump(name: &str) -> String {
    let read = js_sys::Function::new_with_args(
        "name",
        "const plain = (value) => {
           if (value instanceof Uint8Array) return Array.from(value, (byte) => String.fromCharCode(byte)).join('');
           if (Array.isArray(value)) return value.map(plain).join('\\n');
           if (value && typeof value === 'object') return Object.entries(value).map(([k, v]) => `${k}:${plain(v)}`).join('\\n');
           return String(value);
         };
         return new Promise((done, failed) => {
           const request = indexedDB.open(name);
           request.onerror = () => failed(request.error);
           request.onsuccess = () => {
             const database = request.result;
             const stores = Array.from(database.objectStoreNames);
             const transaction = database.transaction(stores);
             const asked = stores.flatMap((store) => {
               const at = transaction.objectStore(store);
               return [at.getAll(), at.getAllKeys()];
             });
             transaction.oncomplete = () => { database.close(); done(asked.map(({ result }) => plain(result)).join('\\n')); };
           };
         });",
    );
    let read: js_sys::Promise = read.call1(&wasm_bindgen::JsValue::NULL, &name.into()).unwrap().into();
    wasm_bindgen_futures::JsFuture::from(read).await.unwrap().as_string().unwrap()
}

/// Changes a database by a script that is given its object store of this name.
pub(crate) async fn meddle(name: &str, store: &str, script: &str) {
    let change = js_sys::Function::new_with_args(
        "name, from",
        &format!(
            "return new Promise((done, failed) => {{
               const request = indexedDB.open(name);
               request.onerror = () => failed(request.error);
               request.onsuccess = () => {{
                 const database = request.result;
                 const transaction = database.transaction(from, 'readwrite');
                 const store = transaction.objectStore(from);
                 {script}
                 transaction.onabort = () => failed(transaction.error);
                 transaction.oncomplete = () => {{ database.close(); done(); }};
               }};
             }});"
        ),
    );
    let changed: js_sys::Promise =
        change.call2(&wasm_bindgen::JsValue::NULL, &name.into(), &store.into()).unwrap().into();
    wasm_bindgen_futures::JsFuture::from(changed).await.unwrap();
}

/// A generator of the same numbers every time (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    /// 0..n
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Runs a script that bends a browser prototype, and unbends it when dropped. The script answers the undoing function.
pub(crate) struct Bent(js_sys::Function);

impl Bent {
    pub(crate) fn new(script: &str) -> Self {
        let bend = js_sys::Function::new_no_args(script);
        Self(bend.call0(&wasm_bindgen::JsValue::NULL).unwrap().into())
    }
}

impl Drop for Bent {
    fn drop(&mut self) {
        self.0.call0(&wasm_bindgen::JsValue::NULL).unwrap();
    }
}
