// Starts the app: fetches and compiles the wasm, opens the database meanwhile, keeps the service worker.
//
// Trunk hands over the two hashed names as data, so the page needs no inline script (see Trunk.toml).

const tag = document.querySelector("script[data-wasm]");
const show = (id) => {
  const place = document.getElementById(id);
  if (place) place.hidden = false;
};

// What the app finds when it arrives. The store adds to it what it can begin before the wasm is there.
globalThis.rollcallStart ??= {};
const start = globalThis.rollcallStart;

// ── Early opening ──────────────────────────────────────────────────────────────────────────────────────────────────
// While the wasm is fetched and compiled, the store's hot pages are read in one transaction, opened by the browser's own
// cryptography, and left under `rollcallEarly`, where src/store/load.rs looks for them. A database that does not exist is
// not created here. What sealed rows are made of is written in domain/src/kernel/seal.rs, where the keys lie in
// src/vault/drawer.rs.

globalThis.rollcallScriptAt ??= performance.now();

/** Everything a database answers in one transaction; `ask` sends the requests, by name. */
const readAhead = (name, stores, ask) =>
  new Promise((done, failed) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const database = request.result;
      const reading = database.transaction(stores);
      const asked = ask(...stores.map((store) => reading.objectStore(store)));
      // An open connection here would block whoever wants to delete the database.
      reading.onabort = () => (database.close(), failed(reading.error));
      reading.oncomplete = () => {
        database.close();
        done(Object.fromEntries(Object.entries(asked).map(([part, { result }]) => [part, result])));
      };
    };
  });

const bytes = new TextEncoder();
const gcm = (iv, additionalData) => ({ name: "AES-GCM", iv, additionalData });

/** The key of the records; nothing where this profile has none. */
async function recordsKey() {
  const { vault } = await readAhead("rollcall-keys", ["keys"], (keys) => ({ vault: keys.get("vault") }));
  if (!vault) return null;
  const { wrap, records, generation } = vault;
  const covered = bytes.encode(`rollcall data key v1\nrecords\n${generation}`);
  const raw = await crypto.subtle.decrypt(gcm(records.subarray(0, 12), covered), wrap, records.subarray(12));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
}

async function openRow(key, place, row) {
  const isSealed = row[0] === 1 && row[1] === 1;
  if (!isSealed) return row;
  const where = bytes.encode(place);
  const covered = new Uint8Array(6 + where.length);
  covered.set(row.subarray(0, 6));
  covered.set(where, 6);
  return new Uint8Array(await crypto.subtle.decrypt(gcm(row.subarray(6, 18), covered), key, row.subarray(18)));
}

/** Reads a store's rows one by one and opens each while the next is read. Keys and rows are there once all is read. */
function openInTurn(store, key) {
  const taken = { keys: [], rows: [] };
  const one = (at) =>
    new Promise((opened, failed) => {
      store.get(at).onsuccess = ({ target }) =>
        key.then((key) => openRow(key, `${store.name}/${at}`, target.result)).then(opened, failed);
    });
  store.getAllKeys().onsuccess = ({ target }) => {
    taken.keys = target.result;
    taken.rows = taken.keys.map(one);
    // One that does not open is told by whoever waits for all of them.
    for (const row of taken.rows) row.catch(() => {});
  };
  return { get result() { return taken; } };
}

async function openAhead(name) {
  const key = recordsKey().catch(() => null);
  const ask = (meta, pages, recent) => ({
    state: meta.get("state"),
    kinds: meta.get("kinds"),
    pages: openInTurn(pages, key),
    recent: openInTurn(recent, key),
  });
  const { state, kinds, pages, recent } = await readAhead(name, ["meta", "pages", "recent"], ask);
  return {
    state,
    kinds,
    pageKeys: pages.keys,
    pages: await Promise.all(pages.rows),
    recentKeys: recent.keys,
    recent: await Promise.all(recent.rows),
  };
}

if (globalThis.indexedDB) {
  const name = document.documentElement.dataset.store ?? "rollcall-store";
  const read = openAhead(name);
  // The app reads for itself when this failed.
  read.catch(() => {});
  globalThis.rollcallEarly = { name, read };
}

// ── New versions ───────────────────────────────────────────────────────────────────────────────────────────────────
// A waiting worker never takes over by itself: the app says that it is there and asks back when the user agrees.

let waiting = null;
let kept = null;
const announce = (worker) => {
  waiting = worker;
  dispatchEvent(new CustomEvent("rollcall:update-ready"));
};

async function keepWorker() {
  const container = navigator.serviceWorker;
  if (!container) return;
  const had = Boolean(container.controller);
  const registration = await container.register("/sw.js", { updateViaCache: "none" });
  kept = registration;
  if (registration.waiting && had) announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && container.controller) announce(worker);
    });
  });
  // A tablet at the desk is never closed: look for a new version each hour, and when it is taken up again.
  const look = () => registration.update().catch(() => {});
  setInterval(look, 60 * 60 * 1000);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  // What is needed only now and then is kept once nobody waits for anything.
  const { active } = await container.ready;
  const idle = globalThis.requestIdleCallback ?? ((then) => setTimeout(then, 5000));
  idle(() => active?.postMessage("keep-later"));
}

// The app may have come up after the announcement; it asks once.
addEventListener("rollcall:update-ask", () => waiting && announce(waiting));
addEventListener("rollcall:update-now", () => {
  // The browser may have it before it was announced here.
  const next = waiting ?? kept?.waiting;
  if (!next) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  next.postMessage("skip-waiting");
});

// ── When the app cannot go on ──────────────────────────────────────────────────────────────────────────────────────
// The buttons of the two overlays in index.html work without the wasm.
document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-reload]")) location.reload();
});

// ── Start ──────────────────────────────────────────────────────────────────────────────────────────────────────────
if (location.protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
  // After the page is there: registering must not compete with the first paint.
  addEventListener("load", () => keepWorker().catch(() => {}), { once: true });
}
try {
  const { default: init } = await import(tag.dataset.js);
  await init({ module_or_path: tag.dataset.wasm });
} catch (why) {
  // A panic has shown its own overlay by now.
  if (!document.getElementById("crashed") || document.getElementById("crashed").hidden) show("failed");
  throw why;
}
