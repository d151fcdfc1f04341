//! IndexedDB with strict durability, timeouts and lost connections: the least the journal needs of it.
//!
//! It must never know a journal row. A transaction counts as done only at its `complete` event.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Event, EventTarget, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
};

use super::error::JournalError;
use super::schema;

/// No request takes longer on a tablet that still works; Safari is known never to answer some.
const ANSWER_MS: u32 = 10_000;
/// How often a lost connection is opened again for one call.
const TRIES: u32 = 3;

type Handler = Closure<dyn FnMut(Event)>;

/// What the browser said, by the name of its exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Quota,
    Closed,
    Aborted(String),
    Blocked,
    Timeout,
    Newer,
    NoStorage,
    Exists,
    Other(String),
}

impl Fault {
    /// The fault of an exception.
    pub(super) fn of(exception: &JsValue) -> Self {
        let name =
            Reflect::get(exception, &"name".into()).ok().and_then(|n| n.as_string()).unwrap_or_default();
        match name.as_str() {
            "QuotaExceededError" => Self::Quota,
            // A handle whose connection is gone says the first, WebKit's lost server the second.
            "InvalidStateError" | "UnknownError" => Self::Closed,
            "AbortError" | "TransactionInactiveError" => Self::Aborted(name),
            "VersionError" => Self::Newer,
            "SecurityError" => Self::NoStorage,
            "ConstraintError" => Self::Exists,
            "TimeoutError" => Self::Timeout,
            _ => Self::Other(name),
        }
    }
}

impl From<JsValue> for Fault {
    fn from(exception: JsValue) -> Self {
        Self::of(&exception)
    }
}

/// A connection that is opened when needed and again when lost.
#[derive(Debug)]
pub(super) struct Link {
    name: String,
    create: fn(&IdbDatabase) -> Result<(), JsValue>,
    conn: RefCell<Option<Rc<Conn>>>,
}

impl Link {
    pub(super) fn new(name: &str, create: fn(&IdbDatabase) -> Result<(), JsValue>) -> Self {
        Self { name: name.to_owned(), create, conn: RefCell::new(None) }
    }

    /// Lets go of the connection; the next call opens another.
    pub(super) fn drop_handle(&self) {
        self.conn.take();
    }

    /// Runs a whole transaction; a lost connection is opened again and the whole of it repeated.
    pub(super) async fn with<T>(
        &self,
        work: impl AsyncFn(&Conn) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut last = JournalError::Closed;
        for _ in 0..TRIES {
            let conn = match self.conn().await {
                Ok(conn) => conn,
                Err(Fault::Closed) => continue,
                Err(fault) => return Err(fault.into()),
            };
            match work(&conn).await {
                Err(JournalError::Closed) => self.drop_handle(),
                Err(JournalError::Timeout) => {
                    // Not repeated: it may still happen. The caller asks again with the same id.
                    self.drop_handle();
                    return Err(JournalError::Timeout);
                }
                other => return other,
            }
            last = JournalError::Closed;
        }
        Err(last)
    }

    async fn conn(&self) -> Result<Rc<Conn>, Fault> {
        let held = self.conn.borrow().clone();
        if let Some(conn) = held.filter(|c| !c.gone.get()) {
            return Ok(conn);
        }
        self.drop_handle();
        // Safari 14 never answers the first open of a session.
        let db = match open(&self.name, self.create).await {
            Err(Fault::Timeout) => open(&self.name, self.create).await?,
            other => other?,
        };
        let conn = Rc::new(Conn::new(db));
        self.conn.replace(Some(conn.clone()));
        Ok(conn)
    }
}

/// One open connection.
#[derive(Debug)]
pub(super) struct Conn {
    db: IdbDatabase,
    gone: Rc<Cell<bool>>,
    _on_close: Handler,
    _on_version_change: Handler,
}

impl Conn {
    fn new(db: IdbDatabase) -> Self {
        let gone = Rc::new(Cell::new(false));
        let flag = gone.clone();
        let on_close = Handler::new(move |_| flag.set(true));
        let (flag, closing) = (gone.clone(), db.clone());
        // Somebody wants to delete the database: running transactions finish, then it is theirs.
        let on_version_change = Handler::new(move |_| {
            flag.set(true);
            closing.close();
        });
        db.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        db.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Self { db, gone, _on_close: on_close, _on_version_change: on_version_change }
    }

    /// A transaction that only reads.
    pub(super) fn reading(&self, stores: &[&str]) -> Result<Tx, Fault> {
        self.begin(stores, "readonly", &JsValue::UNDEFINED)
    }

    /// A transaction that has reached the disk when it is complete.
    pub(super) fn writing(&self, stores: &[&str]) -> Result<Tx, Fault> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        self.begin(stores, "readwrite", &options)
    }

    fn begin(&self, stores: &[&str], mode: &str, options: &JsValue) -> Result<Tx, Fault> {
        if self.gone.get() {
            return Err(Fault::Closed);
        }
        let names: Array = stores.iter().map(|s| JsValue::from_str(s)).collect();
        // web-sys has this call only behind an unstable flag.
        let transaction: Function = Reflect::get(&self.db, &"transaction".into())?.unchecked_into();
        let inner: IdbTransaction =
            transaction.call3(&self.db, &names, &mode.into(), options)?.unchecked_into();
        Ok(Tx::new(inner, self.gone.clone()))
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        self.db.set_onclose(None);
        self.db.set_onversionchange(None);
        self.db.close();
    }
}

/// A running transaction.
pub(super) struct Tx {
    inner: IdbTransaction,
    ended: oneshot::Receiver<Result<(), Fault>>,
    _on_complete: Handler,
    _on_abort: Handler,
}

impl Tx {
    fn new(inner: IdbTransaction, gone: Rc<Cell<bool>>) -> Self {
        let (sender, ended) = oneshot::channel();
        let sender = Rc::new(Cell::new(Some(sender)));
        let tell = sender.clone();
        let on_complete = Handler::new(move |_| send(&tell, Ok(())));
        let aborted = inner.clone();
        let on_abort = Handler::new(move |_| send(&sender, Err(why_aborted(&aborted, gone.get()))));
        inner.set_oncomplete(Some(on_complete.as_ref().unchecked_ref()));
        inner.set_onabort(Some(on_abort.as_ref().unchecked_ref()));
        Self { inner, ended, _on_complete: on_complete, _on_abort: on_abort }
    }

    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore, Fault> {
        Ok(self.inner.object_store(name)?)
    }

    /// A second handle on the transaction, for a callback that must undo it.
    pub(super) fn handle(&self) -> IdbTransaction {
        self.inner.clone()
    }

    /// Says that nothing more will be asked: the browser need not find out by itself. Does nothing where it does not
    /// know the call.
    pub(super) fn commit(tx: &IdbTransaction) {
        if let Ok(commit) = Reflect::get(tx, &"commit".into()).and_then(JsCast::dyn_into::<Function>) {
            // A transaction that has ended by itself meanwhile says so; its end is heard in any case.
            let _said = commit.call0(tx);
        }
    }

    /// Waits for the `complete` event; anything else is a failure.
    pub(super) async fn done(mut self) -> Result<(), Fault> {
        let ended = within(&mut self.ended).await;
        if matches!(ended, Err(Fault::Timeout)) {
            // Better surely undone than perhaps done; it fails when the transaction has ended after all.
            let _undone = self.inner.abort();
        }
        ended?
    }

    /// Undoes everything and waits until it is undone.
    pub(super) async fn undo(mut self) {
        if self.inner.abort().is_ok() {
            let _ended = within(&mut self.ended).await;
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        self.inner.set_oncomplete(None);
        self.inner.set_onabort(None);
    }
}

fn send(sender: &Cell<Option<oneshot::Sender<Result<(), Fault>>>>, ended: Result<(), Fault>) {
    if let Some(sender) = sender.take() {
        // The receiver is gone when nobody waits any more.
        let _unheard = sender.send(ended);
    }
}

/// A transaction's error is empty when somebody called `abort`; a connection lost under it says "AbortError".
fn why_aborted(tx: &IdbTransaction, gone: bool) -> Fault {
    match tx.error() {
        Some(error) => match Fault::of(&error) {
            Fault::Aborted(_) => Fault::Closed,
            fault => fault,
        },
        None if gone => Fault::Closed,
        None => Fault::Aborted("AbortError".to_owned()),
    }
}

/// A request with its two callbacks, taken off again at the end.
struct Hooked {
    request: IdbRequest,
    _on_success: Handler,
    _on_error: Handler,
}

impl Hooked {
    fn new(request: &IdbRequest, answer: oneshot::Sender<Result<(), Fault>>) -> Self {
        let sender = Rc::new(Cell::new(Some(answer)));
        let tell = sender.clone();
        let on_success = Handler::new(move |_| send(&tell, Ok(())));
        let asked = request.clone();
        let on_error = Handler::new(move |_| {
            let fault = asked.error().ok().flatten().map_or(Fault::Other(String::new()), |e| Fault::of(&e));
            send(&sender, Err(fault));
        });
        request.set_onsuccess(Some(on_success.as_ref().unchecked_ref()));
        request.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Self { request: request.clone(), _on_success: on_success, _on_error: on_error }
    }
}

impl Drop for Hooked {
    fn drop(&mut self) {
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
    }
}

/// The result of one request. Nothing but other requests may be awaited while a transaction runs.
pub(super) async fn ask(request: &IdbRequest) -> Result<JsValue, Fault> {
    let (answer, mut heard) = oneshot::channel();
    let _hooked = Hooked::new(request, answer);
    within(&mut heard).await??;
    Ok(request.result()?)
}

async fn within<T>(heard: &mut oneshot::Receiver<T>) -> Result<T, Fault> {
    in_time(heard).await?.map_err(|_| Fault::Closed)
}

async fn in_time<F: Future + Unpin>(work: F) -> Result<F::Output, Fault> {
    match select(work, TimeoutFuture::new(ANSWER_MS)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(Fault::Timeout),
    }
}

fn factory() -> Result<IdbFactory, Fault> {
    let found = Reflect::get(&js_sys::global(), &"indexedDB".into()).map_err(|_| Fault::NoStorage)?;
    found.dyn_into().map_err(|_| Fault::NoStorage)
}

async fn open(name: &str, create: fn(&IdbDatabase) -> Result<(), JsValue>) -> Result<IdbDatabase, Fault> {
    let request = factory()?.open_with_u32(name, schema::VERSION)?;
    let (made, opening) = (Rc::new(Cell::new(None)), request.clone());
    let failed = made.clone();
    let on_upgrade = Handler::new(move |_| {
        let created = opening.result().and_then(|db| create(&db.unchecked_into()));
        if let (Err(why), Some(tx)) = (created, opening.transaction()) {
            failed.set(Some(Fault::of(&why)));
            let _undone = tx.abort();
        }
    });
    request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
    let opened = unblocked(&request).await;
    request.set_onupgradeneeded(None);
    match made.take() {
        Some(fault) => Err(fault),
        None => Ok(opened?.unchecked_into()),
    }
}

/// Deletes a database once every connection to it is closed.
pub(super) async fn delete(name: &str) -> Result<(), Fault> {
    let request = factory()?.delete_database(name)?;
    unblocked(&request).await.map(|_| ())
}

/// The result of an open or delete request; a timeout of a blocked one is called by its cause.
async fn unblocked(request: &IdbOpenDbRequest) -> Result<JsValue, Fault> {
    let blocked = Rc::new(Cell::new(false));
    let flag = blocked.clone();
    let on_blocked = Handler::new(move |_| flag.set(true));
    let target: &EventTarget = request;
    let listener: &Function = on_blocked.as_ref().unchecked_ref();
    target.add_event_listener_with_callback("blocked", listener)?;
    let result = ask(request).await;
    target.remove_event_listener_with_callback("blocked", listener)?;
    match result {
        Err(Fault::Timeout) if blocked.get() => {
            // A connection that opens after we gave up would block others for ever.
            close_when_open(request);
            Err(Fault::Blocked)
        }
        Err(Fault::Timeout) => {
            close_when_open(request);
            Err(Fault::Timeout)
        }
        Err(Fault::Closed) => Err(Fault::NoStorage),
        other => other,
    }
}

fn close_when_open(request: &IdbOpenDbRequest) {
    let late = request.clone();
    let close = Closure::once_into_js(move || {
        if let Ok(Ok(db)) = late.result().map(JsCast::dyn_into::<IdbDatabase>) {
            db.close();
        }
    });
    request.set_onsuccess(Some(close.unchecked_ref()));
}
