// The service worker: one version of the whole build, kept together or not at all.
//
// It never answers for /api/, never replaces a running version by itself, and never gives a page where a script was
// asked for. The build writes version and files into the next line; a build without a list keeps nothing.
const BUILD = {"version":"dev","files":[]};

const PREFIX = "rollcall-build-";
const CACHE = PREFIX + BUILD.version;
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

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  // Only matters at the very first visit: there is no older version whose pages could be taken over.
  await self.clients.claim();
}

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const path = url.pathname === "/" ? PAGE : url.pathname;
  const kept = await cache.match(path);
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
