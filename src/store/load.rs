//! Reading the database into memory: at start, and again when other tabs have gone on.
//!
//! It must never know what a record means.

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Promise, Reflect};
use rollcall_domain::kernel::{KindName, Temperature};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::gate::{Ask, META, Op, PAGES, RECENT, Span};
use super::page::{self, Page};
use super::rows::{self, Stored};
use super::{KINDS, Marks, News, STATE, Shelf, State, Store, StoreError, key_stamp, stamp_key};

/// Where `public/start.js` leaves what it read while the program was still being compiled.
const EARLY: &str = "rollcallEarly";
/// So long it is waited for.
const EARLY_MS: u32 = 3_000;
/// Above every stamp.
const STAMP_MAX: u64 = 1 << 53;

/// One picture of the database.
struct Picture {
    state: String,
    kinds: String,
    page_keys: Vec<JsValue>,
    pages: Vec<JsValue>,
    recent_keys: Vec<JsValue>,
    recent: Vec<JsValue>,
}

impl Store {
    /// The first load: from what the start script has read ahead, if it has.
    pub(super) async fn load_first(&self, name: &str) -> Result<Shelf, StoreError> {
        if let Some(picture) = early(name).await
            && picture.kinds == self.kinds_text()
        {
            // The connection is wanted soon, but nobody has to wait for it now; the first write reports its faults.
            let inner = self.inner.clone();
            wasm_bindgen_futures::spawn_local(async move {
                let _opened = inner.gate.open().await;
            });
            return self.take_picture(picture);
        }
        self.load().await
    }

    /// Reads everything again: after an import, rather than keeping what is in pages now a second time.
    pub async fn reload(&self) -> Result<Shelf, StoreError> {
        let _turn = self.inner.turn.lock().await;
        self.load().await
    }

    pub(super) async fn load(&self) -> Result<Shelf, StoreError> {
        let mut picture = self.picture().await?;
        if picture.kinds != self.kinds_text() {
            self.settle_kinds(&picture.kinds).await?;
            picture = self.picture().await?;
        }
        self.take_picture(picture)
    }

    async fn picture(&self) -> Result<Picture, StoreError> {
        let asks = [
            Ask::Get(META, STATE.into()),
            Ask::Get(META, KINDS.into()),
            Ask::Keys(PAGES, None),
            Ask::Values(PAGES, None),
            Ask::Keys(RECENT, None),
            Ask::Values(RECENT, None),
        ];
        let mut answers = self.inner.gate.read(&asks).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Ok(Picture {
            state: text(&next()),
            kinds: text(&next()),
            page_keys: next(),
            pages: next(),
            recent_keys: next(),
            recent: next(),
        })
    }

    fn take_picture(&self, picture: Picture) -> Result<Shelf, StoreError> {
        let catalogue = self.inner.catalogue;
        let mut memory = super::Memory { state: parse_state(&picture.state)?, ..Default::default() };
        memory.state_text = picture.state;
        let mut pages = Vec::with_capacity(picture.pages.len());
        for (key, value) in picture.page_keys.iter().zip(&picture.pages) {
            let key = key.as_string().ok_or(StoreError::Unreadable)?;
            let mut page = self.read_page(&key, value)?;
            let Some(kind) = catalogue.kind(&page.kind).filter(|k| k.temperature == Temperature::Hot) else {
                continue;
            };
            page.kind = KindName::Borrowed(kind.name);
            if page.keys_version() == kind.keys_version {
                pages.push(page);
            } else {
                pages.push(page.renewed(catalogue)?);
                memory.stale_pages.insert(key);
            }
        }
        let mut shelf = Shelf::load(catalogue, pages);
        for (key, value) in picture.recent_keys.iter().zip(&picture.recent) {
            let rows = self.read_recent(key, value)?;
            memory.note(catalogue, key_stamp(key)?, rows.clone());
            shelf.take(rows);
        }
        let kept = self.inner.memory.take();
        memory.urgent = kept.urgent;
        memory.stale_pages.extend(kept.stale_pages);
        (memory.stale_packs, memory.stale_kinds) = (kept.stale_packs, kept.stale_kinds);
        self.inner.memory.replace(memory);
        Ok(shelf)
    }

    /// What other tabs have absorbed since this one last looked, and how far that reaches.
    pub async fn catch_up(&self) -> Result<(News, Marks), StoreError> {
        self.learn().await?;
        let (reload, news) = {
            let mut memory = self.inner.memory.borrow_mut();
            (std::mem::take(&mut memory.reload), std::mem::take(&mut memory.news))
        };
        let news = if reload {
            News::Everything(Box::new(self.load().await?))
        } else if news.is_empty() {
            News::Nothing
        } else {
            News::Rows(news)
        };
        Ok((news, self.marks()))
    }

    /// Brings what this tab knows of the database up to date, and keeps the rows it did not have for whoever asks.
    pub(super) async fn learn(&self) -> Result<(), StoreError> {
        let known = self.inner.memory.borrow().state.stamp;
        let newer = Some(Span(stamp_key(known + 1), stamp_key(STAMP_MAX)));
        let asks =
            [Ask::Get(META, STATE.into()), Ask::Keys(RECENT, newer.clone()), Ask::Values(RECENT, newer)];
        let answers = self.inner.gate.read(&asks).await?;
        let [state, keys, values] = answers.as_slice() else { return Err(StoreError::Unreadable) };
        let state_text = text(state);
        let state = parse_state(&state_text)?;
        let followed = state.stamp.checked_sub(known) == u64::try_from(keys.len()).ok();
        if !followed {
            // Somebody folded what we have not seen, wrote pages directly, or began anew.
            self.load().await?;
            self.inner.memory.borrow_mut().reload = true;
            return Ok(());
        }
        let mut fresh: Vec<(u64, Vec<Stored>)> = Vec::with_capacity(keys.len());
        for (key, value) in keys.iter().zip(values) {
            fresh.push((key_stamp(key)?, self.read_recent(key, value)?));
        }
        let mut memory = self.inner.memory.borrow_mut();
        (memory.state, memory.state_text) = (state, state_text);
        for (stamp, rows) in fresh {
            memory.news.extend(rows.iter().map(Stored::row));
            memory.note(self.inner.catalogue, stamp, rows);
        }
        Ok(())
    }

    /// A page out of the database.
    pub(super) fn read_page(&self, key: &str, value: &JsValue) -> Result<Page, StoreError> {
        let (kind, bound) = page::parse_key(key)?;
        let bytes = self.inner.sealer.opened(&place(PAGES, key), value)?;
        Ok(Page::read(KindName::Owned(kind.to_owned()), bound, bytes.into())?)
    }

    /// The rows of one value in `recent`.
    pub(super) fn read_recent(&self, key: &JsValue, value: &JsValue) -> Result<Vec<Stored>, StoreError> {
        let place = place(RECENT, &key_stamp(key)?.to_string());
        Ok(rows::read_pack(self.inner.catalogue, &self.inner.sealer.opened(&place, value)?)?)
    }

    /// What puts a page into the database.
    pub(super) fn put_page(&self, key: String, bytes: Vec<u8>) -> Result<Op, StoreError> {
        let value = self.inner.sealer.sealed(&place(PAGES, &key), bytes)?;
        Ok(Op::Put(PAGES, key.into(), value.into()))
    }

    /// What puts rows into `recent`.
    pub(super) fn put_recent(&self, stamp: u64, rows: &[Stored]) -> Result<Op, StoreError> {
        let place = place(RECENT, &stamp.to_string());
        let value = self.inner.sealer.sealed(&place, rows::write_pack(rows))?;
        Ok(Op::Put(RECENT, stamp_key(stamp), value.into()))
    }
}

/// Where a row lies, for its seal. `public/start.js` says the same.
pub(super) fn place(store: &str, key: &str) -> String {
    format!("{store}/{key}")
}

pub(super) fn parse_state(text: &str) -> Result<State, StoreError> {
    if text.is_empty() {
        Ok(State::default())
    } else {
        serde_json::from_str(text).map_err(|_| StoreError::Unreadable)
    }
}

/// The text a single answer holds; empty for none.
pub(super) fn text(answer: &[JsValue]) -> String {
    answer.first().and_then(JsValue::as_string).unwrap_or_default()
}

/// What the start script has read of this store; nothing when it did not, or could not.
async fn early(name: &str) -> Option<Picture> {
    let global = js_sys::global();
    let left = Reflect::get(&global, &EARLY.into()).ok()?;
    if get(&left, "name")?.as_string()? != name {
        return None;
    }
    Reflect::delete_property(&global, &EARLY.into()).ok()?;
    let read: Promise = get(&left, "read")?.dyn_into().ok()?;
    // Some browsers never answer the first request of a session; then the store asks for itself.
    let read = match select(JsFuture::from(read), TimeoutFuture::new(EARLY_MS)).await {
        Either::Left((read, _)) => read.ok()?,
        Either::Right(_) => return None,
    };
    let list = |name: &str| get(&read, name)?.dyn_into::<js_sys::Array>().ok().map(|a| a.to_vec());
    let text = |name: &str| Some(get(&read, name)?.as_string().unwrap_or_default());
    Some(Picture {
        state: text(STATE)?,
        kinds: text(KINDS)?,
        page_keys: list("pageKeys")?,
        pages: list("pages")?,
        recent_keys: list("recentKeys")?,
        recent: list("recent")?,
    })
}

/// Lets go of what the start script has read: nobody may see it any more.
pub(super) fn forget_early() {
    // There is nothing to let go of where no start script ran.
    let _gone = Reflect::delete_property(&js_sys::global(), &EARLY.into());
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok()
}
