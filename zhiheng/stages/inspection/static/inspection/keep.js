// Keeps the pages of the visits to make, so that they open without a line: one's own, until the day is over.
//
// The list of visits decides: what it no longer offers is removed, and so is everything of another account.
// Whoever signs out, or opens the sign-in page, removes the rest (web/forget.js). Nothing else is kept.
"use strict";
(() => {
  const field = document.getElementById("field");
  if (!field || !navigator.serviceWorker || !window.caches) return;
  const {account, home, worker, left, keptAt} = field.dataset;
  if (keptAt) return; // this page came from the cache: there is no line
  const PREFIX = "zhiheng-field ";
  const NAME = `${PREFIX}${account} ${document.documentElement.lang}`;
  const UNTIL = `${home}until`;
  const FRESH = 60 * 60 * 1000;
  const over = Date.now() + Number(left) * 1000;

  async function isOver(cache) {
    const until = await cache.match(UNTIL);
    return !until || Number(await until.text()) <= Date.now();
  }
  async function opened() {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
    }
    if (await caches.has(NAME) && await isOver(await caches.open(NAME))) await caches.delete(NAME);
    const cache = await caches.open(NAME);
    await cache.put(UNTIL, new Response(String(over)));
    return cache;
  }

  // Whoever is signed in now answers: a page of anybody else, or of nobody, is not kept.
  async function take(cache, address) {
    const answer = await fetch(address, {credentials: "same-origin", cache: "no-store"});
    if (!answer.ok || answer.redirected) return undefined;
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.getElementById("field");
    if (!found || found.dataset.account !== account) return undefined;
    const headers = new Headers(answer.headers);
    headers.set("x-kept-at", new Date().toISOString());
    await cache.put(address, new Response(text, {headers}));
    return page;
  }
  const parts = page => [...page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]")]
    .map(one => one.getAttribute("href") || one.getAttribute("src")).filter(one => one.startsWith("/"));
  async function isFresh(cache, address) {
    const found = await cache.match(address, {ignoreVary: true});
    return Boolean(found) && Date.now() - Date.parse(found.headers.get("x-kept-at")) < FRESH;
  }

  let isBusy = false;
  async function keep() {
    if (isBusy || !navigator.onLine) return;
    isBusy = true;
    try {
      const cache = await opened();
      const list = await take(cache, home);
      if (!list) return void await caches.delete(NAME);
      const links = [...list.querySelectorAll(".card[data-visit] a.button")].map(one => one.getAttribute("href"));
      const wanted = links.filter(link => link.startsWith(home));
      for (const {url} of await cache.keys()) {
        const {pathname} = new URL(url);
        const isVisit = pathname.startsWith(home) && ![home, UNTIL].includes(pathname);
        if (isVisit && !wanted.includes(pathname)) await cache.delete(url);
      }
      await cache.addAll([...new Set([...parts(list), ...parts(document)])]);
      const here = location.pathname;
      for (const link of [...wanted.filter(one => one === here), ...wanted.filter(one => one !== here)]) {
        if (link === here || !await isFresh(cache, link)) await take(cache, link);
      }
      field.dataset.kept = wanted.length;
    } catch {
      // The line went, or this phone keeps no more: what was kept until now stays.
    } finally {
      isBusy = false;
    }
  }

  document.addEventListener("field-sent", keep);
  navigator.serviceWorker.register(worker, {scope: home}).then(keep).catch(() => {});
})();
