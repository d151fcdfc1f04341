//! The keys of this profile: made once, the same after a reload, given up with the lease, never taken for others.

use rollcall::vault::{SealError, Sealer, Vault, VaultError};
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::lease::lease_days;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::{Bent, dump, fresh, meddle};

/// The browser's clock, so many days away.
fn days_away(days: i64) -> Bent {
    Bent::new(&format!(
        "const now = Date.now;
         Date.now = () => now() + {days} * 86_400_000;
         return () => {{ Date.now = now; }};"
    ))
}

fn opens(sealer: &Sealer, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    sealer.open("place", sealed.to_vec())
}

#[wasm_bindgen_test]
async fn the_keys_are_the_same_after_a_reload_and_lie_there_wrapped() {
    let name = fresh("vault");
    let vault = Vault::open(&name).await.unwrap();
    assert!(vault.is_sealing());
    let journal = vault.journal().seal("place", b"line".to_vec()).unwrap();
    let record = vault.records().seal("place", b"row".to_vec()).unwrap();
    let again = Vault::open(&name).await.unwrap();
    assert_eq!(opens(&again.journal(), &journal).unwrap(), b"line");
    assert_eq!(opens(&again.records(), &record).unwrap(), b"row");
    assert_eq!(opens(&again.records(), &journal), Err(SealError::Foreign));
    assert_ne!(record, vault.records().seal("place", b"row".to_vec()).unwrap(), "a nonce came twice");
    assert!(dump(&name).await.contains("[object CryptoKey]") || dump(&name).await.contains("wrap:"));
}

#[wasm_bindgen_test]
async fn two_tabs_that_start_together_have_one_pair_of_keys() {
    let name = fresh("together");
    let (a, b) = futures_util::future::join(Vault::open(&name), Vault::open(&name)).await;
    let sealed = a.unwrap().records().seal("place", b"row".to_vec()).unwrap();
    assert_eq!(opens(&b.unwrap().records(), &sealed).unwrap(), b"row");
}

#[wasm_bindgen_test]
async fn keys_under_another_wrapping_key_are_refused_and_kept() {
    let (name, other) = (fresh("mine"), fresh("other"));
    Vault::open(&name).await.unwrap();
    Vault::open(&other).await.unwrap();
    // The wrapped keys of one profile beside the wrapping key of another, as when half of it is copied.
    let take = format!(
        "const request2 = indexedDB.open('{other}');
         transaction.onabort = null;
         request2.onsuccess = () => {{
           const read = request2.result.transaction('keys').objectStore('keys').get('vault');
           read.onsuccess = () => {{
             request2.result.close();
             const writing = database.transaction('keys', 'readwrite').objectStore('keys');
             writing.get('vault').onsuccess = ({{ target: {{ result: mine }} }}) =>
               (writing.put({{ ...mine, wrap: read.result.wrap }}, 'vault').onsuccess = () => {{ database.close(); done(); }});
           }};
         }};
         setTimeout(() => {{}}, 0);"
    );
    meddle_late(&name, &take).await;
    let before = dump(&name).await;
    assert_eq!(Vault::open(&name).await.err(), Some(VaultError::Unusable));
    assert!(dump(&name).await == before);
}

/// The same as `meddle` for a script that ends by itself.
async fn meddle_late(name: &str, script: &str) {
    let change = js_sys::Function::new_with_args(
        "name",
        &format!(
            "return new Promise((done, failed) => {{
               const request = indexedDB.open(name);
               request.onerror = () => failed(request.error);
               request.onsuccess = () => {{
                 const database = request.result;
                 const transaction = {{}};
                 {script}
               }};
             }});"
        ),
    );
    let changed: js_sys::Promise = change.call1(&wasm_bindgen::JsValue::NULL, &name.into()).unwrap().into();
    wasm_bindgen_futures::JsFuture::from(changed).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_browser_that_cannot_keep_a_key_seals_nothing() {
    // One that refuses, and one that takes the key and gives something else back.
    for instead in
        ["throw new DOMException('no keys here', 'DataCloneError')", "given[0] = { ...given[0], wrap: null }"]
    {
        let name = fresh("no-keys");
        let bent = Bent::new(&format!(
            "const put = IDBObjectStore.prototype.put;
             IDBObjectStore.prototype.put = function (...given) {{
               if (given[1] === 'vault') {{ {instead}; }}
               return put.apply(this, given);
             }};
             return () => {{ IDBObjectStore.prototype.put = put; }};"
        ));
        let vault = Vault::open(&name).await.unwrap();
        drop(bent);
        assert!(!vault.is_sealing());
        assert_eq!(vault.records().seal("place", b"row".to_vec()).unwrap(), b"row");
        assert!(!vault.is_over(Role::Member).await.unwrap());
        // A browser that learns it begins to seal.
        assert!(Vault::open(&name).await.unwrap().is_sealing());
    }
}

#[wasm_bindgen_test]
async fn a_lease_ends_by_the_clock_and_gives_the_records_key_up() {
    let name = fresh("lease");
    let vault = Vault::open(&name).await.unwrap();
    assert!(!vault.is_over(Role::Desk).await.unwrap());
    let (line, row) = (
        vault.journal().seal("place", b"line".to_vec()).unwrap(),
        vault.records().seal("place", b"row".to_vec()).unwrap(),
    );
    let days = i64::from(lease_days(Role::Desk));
    {
        let _nearly = days_away(days - 1);
        assert!(!vault.is_over(Role::Desk).await.unwrap());
    }
    // The clock was set back meanwhile: what was used stays used.
    let _over = days_away(days);
    let vault = Vault::open(&name).await.unwrap();
    assert!(vault.is_over(Role::Desk).await.unwrap());
    vault.lock().await.unwrap();
    for vault in [&vault, &Vault::open(&name).await.unwrap()] {
        assert!(vault.is_locked());
        assert_eq!(opens(&vault.records(), &row), Err(SealError::GivenUp));
        assert_eq!(opens(&vault.journal(), &line).unwrap(), b"line");
    }
    // Neither the clock nor a reload opens the lock: only the hub does.
    drop(_over);
    assert!(vault.is_over(Role::Desk).await.unwrap());
    assert!(vault.met().await.unwrap());
    assert!(!vault.met().await.unwrap());
    let vault = Vault::open(&name).await.unwrap();
    assert!(!vault.is_locked() && !vault.is_over(Role::Member).await.unwrap());
    assert_eq!(opens(&vault.records(), &row), Err(SealError::GivenUp));
}

#[wasm_bindgen_test]
async fn tabs_that_lock_together_have_one_key_afterwards() {
    let name = fresh("lock-together");
    let (a, b) = (Vault::open(&name).await.unwrap(), Vault::open(&name).await.unwrap());
    let (x, y) = futures_util::future::join(a.lock(), b.lock()).await;
    assert_eq!((x, y), (Ok(()), Ok(())));
    let sealed = a.records().seal("place", b"row".to_vec()).unwrap();
    assert_eq!(opens(&b.records(), &sealed).unwrap(), b"row");
    // One that comes later takes the key over and makes no other.
    let late = Vault::open(&name).await.unwrap();
    late.lock().await.unwrap();
    assert_eq!(opens(&late.records(), &sealed).unwrap(), b"row");
}

#[wasm_bindgen_test]
async fn one_tab_that_met_the_hub_holds_the_lease_for_all() {
    let name = fresh("both");
    let (a, b) = (Vault::open(&name).await.unwrap(), Vault::open(&name).await.unwrap());
    assert!(!a.is_over(Role::Member).await.unwrap());
    assert!(!b.is_over(Role::Member).await.unwrap());
    let _later = days_away(6);
    assert!(!a.is_over(Role::Member).await.unwrap());
    a.met().await.unwrap();
    let _later = days_away(6);
    assert!(!b.is_over(Role::Member).await.unwrap());
}

#[wasm_bindgen_test]
async fn a_lease_that_cannot_be_read_begins_anew() {
    let name = fresh("unreadable-lease");
    Vault::open(&name).await.unwrap().met().await.unwrap();
    meddle(&name, "keys", "store.put('not a lease', 'lease');").await;
    assert!(!Vault::open(&name).await.unwrap().is_over(Role::Member).await.unwrap());
}
