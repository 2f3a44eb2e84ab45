// What opens when there is no signal? The pages of /desk/site/ and what they are made of; and what waits is sent when the signal is back.
// Newest first: the network is always asked before the store.

import { sendAll } from "/static/js/site-queue.js";

const CACHE = "suqiu-site";
const LIST = "/desk/site/";
const SHELLS = { list: "/desk/site/shell/list/", visit: "/desk/site/shell/visit/", contact: "/desk/site/shell/contact/" };
const PATIENCE = 7_000; // a line that says nothing for so long is no line
const HOURS_KEPT = 12; // as long as a session

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(part(event.request));
  else if (event.request.mode === "navigate" && url.pathname.startsWith(LIST)) event.respondWith(page(event.request, url.pathname));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "suqiu-site") event.waitUntil(sendAll().then(tellPages).then((ended) => {
    if (ended === "offline" || ended === "later") throw new Error(ended); // the browser tries again by itself
  }));
});

async function tellPages(ended) {
  for (const client of await self.clients.matchAll()) client.postMessage("changed");
  return ended;
}

async function part(request) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await inTime(fetch(request));
    if (fresh.ok) await cache.put(request.url, fresh.clone());
    return fresh;
  } catch (fault) {
    const kept = await cache.match(request.url);
    if (kept) return kept;
    throw fault;
  }
}

async function page(request, path) {
  try {
    const fresh = await inTime(fetch(request));
    if (path === LIST && fresh.ok && !fresh.redirected) await (await caches.open(CACHE)).put(LIST, fresh.clone());
    if (fresh.status < 502) return fresh;
    return (await kept(path)) ?? fresh; // a gateway that cannot reach the server is no signal either
  } catch (fault) {
    const found = await kept(path);
    if (found) return found;
    throw fault;
  }
}

async function kept(path) {
  const cache = await caches.open(CACHE);
  const name = /^\/desk\/site\/[^/]+\/(visit|contact)\/$/.exec(path)?.[1];
  if (name) return cache.match(SHELLS[name]);
  if (path !== LIST) return undefined;
  const list = await cache.match(LIST);
  const age = Date.now() - Date.parse(list?.headers.get("Date") ?? 0);
  return list && age < HOURS_KEPT * 3_600_000 ? list : cache.match(SHELLS.list);
}

function inTime(answer) {
  return Promise.race([answer, new Promise((_, reject) => setTimeout(() => reject(new TypeError("no answer")), PATIENCE))]);
}
