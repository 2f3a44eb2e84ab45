// What does the handler's phone gain when scripts run? Records are kept on it first and sent once; its pages open without a signal.
// Without a secure address (https) or an old browser, the pages are what they are without scripts: forms that are posted.

import { setUpForm } from "./site-form.js";
import { freshPlaces, keepPlaces, orderFromHere, showKept } from "./site-list.js";
import { drawMark } from "./site-mark.js";
import { keep, mine, sendAll, whoAmI } from "./site-queue.js";
import { isAble, owner } from "./site-store.js";
import { at, note, page, say } from "./site-words.js";

const EVERY = 30_000; // while something waits
let ended = "nothing";

async function start() {
  sayWhatHappened();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#site-from-here");
    if (button) orderFromHere(button);
  });
  document.addEventListener("submit", (event) => {
    if ("call" in event.target.dataset) rung(event);
    if ("sign" in event.target.dataset && isAway()) signed(event);
  });
  if (!isAble()) return void document.getElementById("site-state")?.setAttribute("hidden", "");
  register();
  const known = await owner();
  if (!known || (page.dataset.account && known.account !== page.dataset.account)) await whoAmI();
  await drawMark();
  await setUpForm(); // does not wait for the line when it is known whose phone this is
  await keepPlaces();
  await pass();
  window.addEventListener("online", () => pass());
  window.addEventListener("offline", () => { ended = "offline"; show(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) pass(); });
  navigator.serviceWorker?.addEventListener("message", () => show(true));
  setInterval(async () => { if ((await waiting()).length || ended === "offline") pass(); }, EVERY);
  document.documentElement.dataset.ready = "yes";
  if (navigator.onLine !== false) (window.requestIdleCallback ?? setTimeout)(warm);
}

const isAway = () => ended === "offline" || navigator.onLine === false;
const waiting = async () => (await mine()).filter((record) => record.state === "waiting");

async function pass() {
  const before = (await waiting()).length;
  ended = before ? await sendAll() : navigator.onLine === false || (await whoAmI()) === null ? "offline" : "nothing";
  await show(before > (await waiting()).length);
}

async function show(isListOld = false) {
  await drawMark(); // who is signed in may be known only now, or be another
  const records = await mine();
  const held = records.filter((record) => record.state === "waiting");
  const values = { records: held.length, photos: held.reduce((n, record) => n + record.photos, 0) };
  strip(held.length, values);
  const state = document.querySelector("#site-state [data-state]");
  const undecided = records.filter((record) => record.state === "refused").length;
  if (state) state.textContent = held.length ? say("all-kept", values) : undecided ? say("undecided", { n: undecided }) : say("all-sent");
  await showKept(records, (isToSend) => (isToSend ? pass() : show()));
  if (isListOld && page.dataset.page === "list" && ended !== "offline") await freshPlaces().catch(() => {});
}

function strip(count, values) {
  const box = document.getElementById("site-strip");
  let text = "";
  const gap = document.documentElement.lang.startsWith("zh") ? "" : " ";
  const listed = page.dataset.at ? gap + say("list-from", { when: at(new Date(page.dataset.at)) }) : "";
  if (isAway()) text = say("offline") + (count ? gap + say("held", values) : "") + listed;
  else if (count && ended === "logged-out") text = say("other", values);
  else if (count && ended === "later") text = say("later", values);
  else if (count) text = say("waiting", values);
  box.hidden = !text;
  const shown = box.querySelector("[data-strip]");
  if (shown.textContent !== text) shown.textContent = text;
}

function sayWhatHappened() {
  let how = "";
  try {
    how = sessionStorage.getItem("suqiu-site-said") ?? "";
    sessionStorage.removeItem("suqiu-site-said");
  } catch { /* then nothing is said */ }
  if (how) note(say(how));
}

// --- a call: rings while the form stays as it is ---

async function rung(event) {
  event.preventDefault();
  const form = event.target;
  const says = form.querySelector("[data-call-says]");
  const headers = { Accept: "application/json", "X-Suqiu-Account": page.dataset.account };
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
    const said = await answer.json();
    form.elements.key.value = self.crypto.randomUUID?.() ?? String(Date.now()); // answered: the next press is another call
    says.textContent = answer.ok ? said.told : [said.reason, said.who_can].filter(Boolean).join(" · ");
  } catch {
    says.textContent = say("no-call");
  }
  document.dispatchEvent(new Event("htmx:finally:request"));
}

// --- signing without a signal: waits before the visit that follows it ---

async function signed(event) {
  if (!isAble()) return;
  event.preventDefault();
  const form = event.target;
  const title = form.closest("[data-title]").dataset.title;
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  await keep({ url: new URL(form.action).pathname, kind: "sign", title, form: data, photos: 0 });
  location.assign(form.dataset.sign);
}

// --- the pages on the phone ---

function register() {
  navigator.serviceWorker?.register(page.dataset.worker, { scope: page.dataset.list, type: "module" }).catch(() => {
    // kept and sent all the same; only the pages do not open without a signal
  });
}

async function warm() {
  if (page.dataset.page !== "list" || "shell" in page.dataset) return;
  const cache = await caches.open("suqiu-site").catch(() => null);
  if (!cache) return;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name).filter((url) => new URL(url).pathname.startsWith("/static/"));
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.href);
  const worker = ["site-worker", "site-queue", "site-store"].map((name) => new URL(`/static/js/${name}.js`, location.href).href);
  const wanted = [...new Set([page.dataset.list, ...page.dataset.shells.split(" "), ...parts, ...sheets, ...worker.slice(1), page.dataset.icons])];
  await Promise.all(wanted.map((url) => cache.add(url).catch(() => {})));
  document.documentElement.dataset.warm = "yes";
}

start();
