// The form at the place: pictures, position, words; saved on the phone first, then sent. What was begun is there again after a crash.

import { mayShow, take } from "./site-camera.js";
import { discard, keep, mine, sendAll } from "./site-queue.js";
import { all, get, openedForm, owner, put, remove, sealedForm } from "./site-store.js";
import { NotTaken, prepared } from "./site-photo.js";
import { askWhy, distance, isAdrift, isFar } from "./site-why.js";
import { at, element, far, icon, note, page, say } from "./site-words.js";

const KINDS = ["before", "after"];
const PATIENCE = 12_000; // how long the person is kept waiting for the answer; the record is safe before
const form = document.getElementById("site-form");
const kind = form?.dataset.kind;
const number = page.dataset.number || location.pathname.split("/")[3];
const shots = { before: [], after: [] };
const opened = new Date();
let position = null;
let typedVisitedAt = "";

export async function setUpForm() {
  if (!form) return;
  delete form.dataset.draft; // kept sealed instead, pictures and all
  form.action = location.pathname;
  if ("shell" in page.dataset) await fillShell();
  if (kind === "visit") {
    const when = form.elements.visited_at;
    if (!when.value) when.value = localTime(opened);
    typedVisitedAt = when.value;
    setUpShots();
    findPlace();
    when.addEventListener("change", showFacts);
  }
  await restoreDraft();
  showFacts();
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", submitted);
}

function localTime(moment) {
  const here = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 16);
}

// --- without a signal the page comes without its case: today's places know it ---

async function fillShell() {
  const known = (await owner()) && (await get("today", number));
  const texts = known ?? { title: say("unknown", { number }), address: "", number };
  for (const part of document.querySelectorAll("[data-fill]")) part.textContent = texts[part.dataset.fill] ?? "";
  if (!known) return;
  document.querySelector("[data-fill-href]").hidden = true; // the whole case is not on the phone
  if (form.elements.place) form.elements.place.value = known.place ?? "";
  if (known.lon) Object.assign(page.dataset, { lon: known.lon, lat: known.lat });
  document.title = `${document.title} · ${known.title}`;
}

// --- pictures ---

function setUpShots() {
  for (const name of KINDS) form.elements[name].addEventListener("change", () => chosen(name));
  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-camera], .site-shot[data-shot=after] .site-frame");
    const ghost = shots.before[0]?.url ?? document.querySelector(".site-first")?.src;
    if (!asks || !ghost || !mayShow()) return;
    event.preventDefault();
    withGhost(ghost);
  });
}

async function withGhost(ghost) {
  const answer = await take(ghost);
  if (answer === "plain") form.elements.after.click();
  else if (answer) await add("after", answer, true);
}

async function chosen(name) {
  const files = [...form.elements[name].files];
  form.elements[name].value = "";
  for (const file of files) await add(name, file);
}

async function add(name, file, isOwn = false) {
  const says = document.getElementById("site-shot-says");
  says.textContent = "";
  try {
    const { file: kept, shot } = await prepared(file);
    if (isOwn && position) Object.assign(shot, { lon: position.longitude, lat: position.latitude });
    shots[name].push({ file: kept, shot, url: URL.createObjectURL(kept) });
  } catch (no) {
    if (!(no instanceof NotTaken)) throw no;
    says.textContent = say(no.message, { name: file.name });
  }
  showShots(name);
  soon();
}

function showShots(name) {
  const box = document.querySelector(`[data-shot=${name}]`);
  const [first, ...more] = shots[name];
  const frame = box.querySelector(".site-frame");
  frame.querySelector(".site-shot-now")?.remove();
  if (first) {
    frame.prepend(element("span", { class: "site-shot-now" },
      element("img", { src: first.url, alt: "", width: 320, height: 240 }),
      element("span", { class: "photo-label" }, label(name, frame, at(new Date(first.shot.at))))));
  }
  const list = box.querySelector(".site-more");
  list.hidden = !first;
  list.replaceChildren(...[first, ...more].filter(Boolean).map((one) => {
    const away = element("button", { type: "button", class: "button button-bare" }, icon("x", 20), element("span", {}, say("remove")));
    away.addEventListener("click", () => { shots[name] = shots[name].filter((s) => s !== one); showShots(name); soon(); });
    return element("li", {}, one === first ? "" : element("img", { src: one.url, alt: "", width: 48, height: 48 }), away);
  }));
  showFacts();
}

const label = (name, frame, when) => (name === "after" ? say("now", { when }) : `${frame.querySelector(".site-frame-word").textContent.trim()} ${when}`);

// --- place, and how old the picture is ---

function findPlace() {
  if (!navigator.geolocation) return unplaced();
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    position = coords;
    const [lon, lat, accuracy] = ["lon", "lat", "accuracy"].map((part) => form.elements[`position-${part}`]);
    [lon.value, lat.value, accuracy.value] = [coords.longitude.toFixed(6), coords.latitude.toFixed(6), Math.round(coords.accuracy)];
    showFacts();
    soon();
  }, unplaced, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 });
}

let isUnplaced = false;
function unplaced() {
  isUnplaced = true;
  showFacts();
}

function showFacts() {
  const facts = [];
  if (position) facts.push(placeFact());
  else if (isUnplaced) facts.push(["triangle-alert", say("unplaced")]);
  const taken = [...shots.before, ...shots.after].map((s) => new Date(s.shot.at)).sort((a, b) => b - a);
  const stated = form.elements.visited_at?.value ? new Date(form.elements.visited_at.value) : opened;
  askWhy(facts.some(([shape]) => shape !== "circle-check") || taken.some((one) => isAdrift(one, stated)));
  if (taken.length) facts.push(pictureFact(taken[0]));
  document.getElementById("site-facts")?.replaceChildren(...facts.map(([shape, text]) =>
    element("li", { class: shape === "circle-check" ? "is-good" : "is-doubtful" }, icon(shape), element("span", {}, text))));
}

function placeFact() {
  const accuracy = Math.round(position.accuracy);
  if (!page.dataset.lon) return ["circle-check", say("placed", { accuracy })];
  const metres = distance(position, { longitude: Number(page.dataset.lon), latitude: Number(page.dataset.lat) });
  return [isFar(metres, accuracy) ? "triangle-alert" : "circle-check", say("here", { far: far(metres), accuracy })];
}

function pictureFact(taken) {
  const minutes = Math.floor((Date.now() - taken) / 60_000);
  if (minutes < 2) return ["circle-check", say("just")];
  return minutes <= 60 ? ["circle-check", say("minutes", { n: minutes })] : ["triangle-alert", say("old", { when: at(taken) })];
}

// --- as it will travel ---

function collected() {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  for (const name of KINDS) {
    data.delete(name);
    for (const one of shots[name]) data.append(name, one.file, one.file.name);
  }
  data.set("shots", JSON.stringify(Object.fromEntries(KINDS.map((name) => [name, shots[name].map((s) => s.shot)]))));
  if (kind === "visit") {
    const typed = data.get("visited_at");
    const moment = typed === typedVisitedAt ? opened : new Date(typed);
    if (!Number.isNaN(moment.getTime())) data.set("visited_at", moment.toISOString());
  }
  return data;
}

function lacking(data) {
  const legend = (name) => document.querySelector(`#field-${name} :is(legend, label)`)?.firstChild.textContent.trim() ?? name;
  const needed = kind === "contact" ? ["way", "outcome"] : data.get("position-lon") ? ["visited_at"] : ["visited_at", "place"];
  const missing = needed.filter((name) => !String(data.get(name) ?? "").trim());
  if (missing.length) return [say("missing", { what: listed(missing.map(legend)) }), missing[0]];
  const isTapped = kind === "visit" ? data.get("found") : data.get("outcome") !== "connected";
  return data.get("words").trim() || isTapped ? null : [say("empty"), kind === "visit" ? "found" : "words"];
}

const listed = (words) => new Intl.ListFormat(document.documentElement.lang, { type: "unit", style: "short" }).format(words);

let isSaving = false;
async function submitted(event) {
  event.preventDefault();
  if (isSaving) return;
  isSaving = true;
  try {
    await save();
  } catch (fault) { // the phone has no room left, or something worse: nothing was taken away from the page
    refuse(fault.name === "QuotaExceededError" ? say("full") : say("not-kept", { why: fault.message }));
    console.error(fault);
  } finally {
    isSaving = false;
    document.dispatchEvent(new Event("htmx:finally:request")); // the button may be pressed again
  }
}

async function save() {
  const data = collected();
  const lack = lacking(data);
  if (lack) return refuse(lack[0], lack[1]);
  if (!(await isStillHis())) return refuse(say("changed"));
  navigator.storage?.persist?.(); // what waits is not to be cleared away for want of room
  const title = document.querySelector(".site-case h2").textContent.trim();
  const photos = KINDS.reduce((n, name) => n + shots[name].length, 0);
  const key = await keep({ url: location.pathname, kind, title, form: data, photos });
  navigator.serviceWorker?.ready.then((r) => r.sync?.register("suqiu-site")).catch(() => {});
  await Promise.race([sendAll(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  const left = (await mine()).find((record) => record.key === key);
  if (left?.state === "refused") {
    await discard(key); // all of it still stands in the form
    return refuse(left.said.reason, left.said.field, left.said.who_can);
  }
  await remove("drafts", await draftId());
  leave(left ? "kept" : "sent");
}

// The page was made for one account; another may have signed in since, in another window.
async function isStillHis() {
  const his = page.dataset.account;
  const who = await owner();
  return Boolean(who) && (!his || who.account === his);
}

function refuse(text, field, way = "") {
  const shown = element("div", { class: "refusal", role: "alert", tabindex: "-1" }, element("p", {}, text), way && element("p", {}, way));
  document.getElementById("site-refused").replaceChildren(shown);
  const place = field ? document.getElementById(`field-${field}`) : null;
  place?.closest("details")?.setAttribute("open", "");
  shown.focus();
}

function leave(how) {
  if (how === "kept" && !navigator.serviceWorker?.controller) { // nothing would open without a signal: stay
    form.reset();
    for (const name of KINDS) { shots[name] = []; if (kind === "visit") showShots(name); }
    return note(say("kept"));
  }
  try { sessionStorage.setItem("suqiu-site-said", how); } catch { /* then the list says it by itself */ }
  location.assign(page.dataset.list);
}

// --- what was begun ---

let timer;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => writeDraft().catch(() => {}), 500);
}

const draftId = async () => `${(await owner())?.account}:${number}:${kind}`;

async function writeDraft() {
  const who = await owner();
  if (!who || isSaving) return;
  await put("drafts", { id: await draftId(), at: Date.now(), ...(await sealedForm(collected(), who.key)) });
}

async function forgetOldDrafts() {
  const old = (await all("drafts")).filter((draft) => Date.now() - draft.at > 7 * 86_400_000);
  await Promise.all(old.map((draft) => remove("drafts", draft.id)));
}

async function restoreDraft() {
  await forgetOldDrafts();
  const [who, kept] = [await owner(), await get("drafts", await draftId()).catch(() => null)];
  if (!who || !kept) return;
  const data = await openedForm(kept, who.key).catch(() => null);
  if (!data || form.querySelector(".field-errors li")) return;
  let isAny = false;
  for (const field of form.elements) {
    if (!field.name || field.matches("[type=hidden], [type=file], button, fieldset")) continue;
    if (field.matches("[type=radio]")) {
      field.checked = data.get(field.name) === field.value;
      isAny ||= field.checked;
    } else if (field.name !== "visited_at" && data.get(field.name)) {
      isAny ||= field.name === "words";
      field.value = data.get(field.name);
    }
  }
  const told = JSON.parse(data.get("shots") || "{}");
  for (const name of KINDS) {
    const files = data.getAll(name).filter((f) => f.size);
    shots[name] = files.map((file, n) => ({ file, shot: told[name]?.[n] ?? { at: new Date(file.lastModified).toISOString() }, url: URL.createObjectURL(file) }));
    if (files.length) { showShots(name); isAny = true; }
  }
  if (isAny) note(say("restored"));
}
