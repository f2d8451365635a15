// @ts-check
// Shows the page where the server is not reached: it keeps the page's own files, and never anything of the library.

/** @typedef {{ respondWith: (answer: Promise<Response>) => void, waitUntil: (work: Promise<unknown>) => void, request: Request }} WorkerEvent */

/** What the server says before this text. @type {{ version: string, kept: string[] }} */
const release = /** @type {any} */ (globalThis).RELEASE;
const own = /** @type {any} */ (globalThis);
const NAME = "twolane page ";
const PAGE = "index.html";

/** Take all files of this release, or none: what is kept of it fits together. */
async function take() {
  const cache = await caches.open(NAME + release.version);
  await cache.addAll(release.kept);
  await own.skipWaiting();
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(NAME) && name !== NAME + release.version).map((name) => caches.delete(name)));
  await own.clients.claim();
}

/** @param {Request} request */
async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const isPage = request.mode === "navigate";
    const found = await caches.match(isPage ? release.kept.find((each) => each.endsWith(`/${PAGE}`)) ?? "" : request);
    if (!found) throw error;
    return found;
  }
}

own.addEventListener("install", (/** @type {WorkerEvent} */ event) => event.waitUntil(take()));
own.addEventListener("activate", (/** @type {WorkerEvent} */ event) => event.waitUntil(forgetOthers()));
own.addEventListener("fetch", (/** @type {WorkerEvent} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const isPage = request.mode === "navigate" && pathname === "/";
  if (isPage || pathname.startsWith("/web/")) event.respondWith(answer(request)); // all else is the library's
});
