// How does what waits on the phone reach the server? Each record once, by its key, as soon as there is a signal and its owner is signed in.
// Runs in the page and in the service worker; a lock keeps the two from doing the same at once, the server's key does the rest.

import { all, bytesOf, get, openedForm, owner, put, remove, sealedForm, setOwner } from "./site-store.js";

const ME = "/desk/site/me/";
const SECONDS = 60; // a photo over a poor line may take that long
const inTime = (ms) => AbortSignal.timeout?.(ms);
const LATER = new Set([408, 425, 429]); // as every status from 500 up: nothing wrong with the record, try again

// Who is signed in, as the server says it: an account; "" when nobody is; null when there is no signal.
export async function whoAmI() {
  let answer;
  try {
    answer = await fetch(ME, { headers: { Accept: "application/json" }, cache: "no-store", signal: inTime(10_000) });
  } catch {
    return null;
  }
  if (answer.status === 401 || answer.redirected) return { account: "" }; // sent elsewhere: a password of his own comes first
  if (!answer.ok) return null;
  const me = await answer.json();
  await setOwner(me);
  return me;
}

// Records of who is signed in on this phone, the oldest first. Others' are not even counted.
export async function mine() {
  const who = await owner();
  if (!who) return [];
  const kept = (await all("waiting")).filter((r) => r.account === who.account);
  return kept.sort((a, b) => a.recordedAt - b.recordedAt);
}

// Puts one record in; from now on it is either on the server or here.
export async function keep({ url, kind, title, form, photos }) {
  const who = await owner();
  const key = crypto.randomUUID();
  const recordedAt = Date.now();
  form.set("key", key);
  form.set("recorded_at", new Date(recordedAt).toISOString());
  const record = { key, account: who.account, url, kind, photos, recordedAt, state: "waiting" };
  await put("waiting", { ...record, title: await sealedForm(textForm(title), who.key), ...(await sealedForm(form, who.key)) });
  return key;
}

const textForm = (title) => { const form = new FormData(); form.set("title", title); return form; };

export async function titleOf(record) {
  const who = await owner();
  return (await openedForm(record.title, who.key)).get("title");
}

export async function formOf(record) {
  const who = await owner();
  return openedForm(record, who.key);
}

// One photograph was the trouble: the rest is sent without any.
export async function withoutPhotos(key) {
  const [record, who] = [await get("waiting", key), await owner()];
  const form = await openedForm(record, who.key);
  for (const name of ["before", "after"]) form.delete(name);
  form.set("shots", "");
  const packed = await sealedForm(form, who.key);
  await put("waiting", { ...record, ...packed, photos: 0, state: "waiting", said: null });
}

export async function setState(key, state) {
  const record = await get("waiting", key);
  if (record) await put("waiting", { ...record, state });
}

export const discard = (key) => remove("waiting", key);

// Sends what waits. Answers how it ended: sent, refused, offline, later, logged-out, nothing.
export async function sendAll(onChange = () => {}) {
  const pass = () => sendInTurn(onChange);
  if (!self.navigator?.locks) return pass();
  return navigator.locks.request("suqiu-site-send", pass);
}

async function sendInTurn(onChange) {
  if (!(await all("waiting")).some((r) => r.state === "waiting")) return "nothing";
  const me = await whoAmI();
  if (me === null) return "offline";
  if (!me.account) return "logged-out";
  let ended = "nothing";
  for (const { key } of (await mine()).filter((r) => r.state === "waiting")) {
    ended = await sendOne(key, me);
    onChange(key, ended);
    if (ended === "offline" || ended === "later" || ended === "logged-out") return ended;
  }
  return ended;
}

async function sendOne(key, me, isSecondTry = false) {
  const [record, who] = [await get("waiting", key), await owner()];
  if (record?.state !== "waiting") return "nothing";
  let body;
  try {
    body = await bytesOf(record, who.key);
  } catch {
    await put("waiting", { ...record, state: "unreadable" });
    return "refused";
  }
  let answer;
  try {
    answer = await fetch(record.url, {
      method: "POST", body, redirect: "manual", signal: inTime(SECONDS * 1000),
      headers: {
        "Content-Type": record.type, Accept: "application/json", "X-CSRFToken": me.csrf,
        "X-Suqiu-Account": record.account, "X-Suqiu-Sent-At": new Date().toISOString(),
      },
    });
  } catch {
    return "offline"; // killed mid-way: perhaps it arrived; the key tells the next time
  }
  if (answer.ok) {
    await remove("waiting", key);
    return "sent";
  }
  if (answer.status === 401 || answer.type === "opaqueredirect") return "logged-out";
  const said = await answer.json().catch(() => null);
  if (answer.status === 403 && !said && !isSecondTry) { // the token had grown old
    const again = await whoAmI();
    return again?.account === record.account ? sendOne(key, again, true) : again ? "logged-out" : "offline";
  }
  if (!said || answer.status >= 500 || LATER.has(answer.status)) return "later";
  await put("waiting", { ...record, state: "refused", said: { ...said, status: answer.status } });
  return "refused";
}
