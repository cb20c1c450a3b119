// Opens the kept pages of an inspector's visits where there is no line; with a line it only passes on.
//
// It keeps nothing itself: keep.js fills the cache with the pages of one account, and names the moment after
// which they are over. A page that comes from the cache carries when it was kept, so that it can say so.
"use strict";
const PREFIX = "zhiheng-field ";
const UNTIL = new URL("until", registration.scope).pathname;
const PARTS = ["style", "script", "image"];

async function kept(address) {
  for (const name of (await caches.keys()).filter(one => one.startsWith(PREFIX))) {
    const cache = await caches.open(name);
    const until = await cache.match(UNTIL);
    if (!until || Number(await until.text()) <= Date.now()) {
      await caches.delete(name);
      continue;
    }
    const found = await cache.match(address, {ignoreVary: true});
    if (found) return found;
  }
  return undefined;
}

async function dated(page) {
  const headers = new Headers(page.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const mark = `id="field" data-kept-at="${headers.get("x-kept-at")}"`;
  return new Response((await page.text()).replace('id="field"', mark), {headers});
}

self.addEventListener("fetch", event => {
  const {request} = event;
  const isPage = request.mode === "navigate";
  if (request.method !== "GET" || !isPage && !PARTS.includes(request.destination)) return;
  event.respondWith(fetch(request).catch(async error => {
    const found = await kept(request.url);
    if (!found) throw error;
    return isPage ? dated(found) : found;
  }));
});
