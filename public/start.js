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
// Begins while the wasm is fetched and compiled; the app awaits the promise it finds under `start.opened`.
// public/early-store.js, if it is there, is imported here and given `start`.

// ── New versions ───────────────────────────────────────────────────────────────────────────────────────────────────
// A waiting worker never takes over by itself: the app says that it is there and asks back when the user agrees.

let waiting = null;
const announce = (worker) => {
  waiting = worker;
  dispatchEvent(new CustomEvent("rollcall:update-ready"));
};

async function keepWorker() {
  const container = navigator.serviceWorker;
  if (!container) return;
  const had = Boolean(container.controller);
  const registration = await container.register("/sw.js", { updateViaCache: "none" });
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
}

// The app may have come up after the announcement; it asks once.
addEventListener("rollcall:update-ask", () => waiting && announce(waiting));
addEventListener("rollcall:update-now", () => {
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("skip-waiting");
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
