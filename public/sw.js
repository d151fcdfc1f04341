// The service worker: one version of the whole build, kept together or not at all.
//
// It never answers for /api/, never replaces a running version by itself, and never gives a page where a script was
// asked for. The build writes version and files into the next line; a build without a list keeps nothing.
//
// What a screen needs only now and then (the reader of camera pictures) is `later`: no install waits for it. A page asks
// for it when nobody waits for anything, and it is kept under a version of its own, so that a new build that left it
// as it was does not fetch it again.
const BUILD = {"version":"dev","files":[],"later":{"version":"dev","files":[]}};

const PREFIX = "rollcall-build-";
const CACHE = PREFIX + BUILD.version;
const LATER_PREFIX = "rollcall-later-";
const LATER = LATER_PREFIX + BUILD.later.version;
const active = BUILD.version !== "dev";
const PAGE = "/index.html";

self.addEventListener("install", (event) => {
  if (active) event.waitUntil(keepAll());
});

self.addEventListener("activate", (event) => {
  if (active) event.waitUntil(forgetOthers());
});

self.addEventListener("message", (event) => {
  if (event.data === "skip-waiting") self.skipWaiting();
  // What fails now is asked for again by the next page.
  if (active && event.data === "keep-later") event.waitUntil(keepLater().catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === self.location.origin && !url.pathname.startsWith("/api/") && url.pathname !== "/healthz";
  if (active && ours && request.method === "GET") event.respondWith(answer(request, url));
});

// All or nothing: one missing file and this version is not installed; the one before goes on.
async function keepAll() {
  const cache = await caches.open(CACHE);
  try {
    // `reload` goes past the browser's own cache: an old file under a new version would be a broken build.
    await cache.addAll(BUILD.files.map((url) => new Request(url, { cache: "reload" })));
  } catch (why) {
    await caches.delete(CACHE);
    throw why;
  }
}

// File by file: one that does not come now leaves the others kept.
async function keepLater() {
  const cache = await caches.open(LATER);
  for (const url of BUILD.later.files) {
    if (!(await cache.match(url))) await cache.add(new Request(url, { cache: "reload" }));
  }
}

async function forgetOthers() {
  const names = await caches.keys();
  const old = (name) => (name.startsWith(PREFIX) && name !== CACHE) || (name.startsWith(LATER_PREFIX) && name !== LATER);
  await Promise.all(names.filter(old).map((name) => caches.delete(name)));
  // Only matters at the very first visit: there is no older version whose pages could be taken over.
  await self.clients.claim();
}

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const path = url.pathname === "/" ? PAGE : url.pathname;
  const kept = (await cache.match(path)) ?? (await keptLater(path));
  if (kept) return kept;
  // Every address of the app is the same page; the app reads the address.
  if (request.mode === "navigate" && !/\.[a-z0-9]+$/i.test(url.pathname)) {
    const page = await cache.match(PAGE);
    if (page) return page;
  }
  const fresh = await fetch(request);
  const type = fresh.headers.get("content-type") ?? "";
  // A server that answers a lost file with its front page would make the browser run a page as a script.
  if (request.mode !== "navigate" && type.includes("text/html")) {
    return new Response("", { status: 404, statusText: "Not Found" });
  }
  return fresh;
}

// What is asked for before it was kept is fetched like anything else.
async function keptLater(path) {
  if (!BUILD.later.files.includes(path)) return undefined;
  const cache = await caches.open(LATER);
  return cache.match(path);
}
