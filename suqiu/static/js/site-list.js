// Today's places: kept for when there is no signal, ordered from where the phone is; and what still waits on this phone.

import { discard, formOf, setState, titleOf, withoutPhotos } from "./site-queue.js";
import { empty, put } from "./site-store.js";
import { at, element, icon, note, page, say } from "./site-words.js";

const OF_PHOTO = new Set(["photos", "before", "after"]);

// --- today's places ---

export async function keepPlaces() {
  if (page.dataset.page !== "list" || "shell" in page.dataset) return;
  await empty("today");
  for (const row of document.querySelectorAll(".site-place")) await put("today", { ...row.dataset });
}

export async function freshPlaces(headers = {}) {
  const answer = await fetch(page.dataset.list, { headers, cache: "no-store" });
  if (!answer.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const what of ["#site-heading", ".site-order", "#site-places", ".site-none", ".site-seen"]) {
    const [old, made] = [document.querySelector(what), fresh.querySelector(what)];
    if (old && made) old.replaceWith(document.adoptNode(made));
    else if (made && what !== "#site-heading") document.querySelector(".site-foot").before(document.adoptNode(made));
    else old?.remove();
  }
  await keepPlaces();
  return true;
}

export function orderFromHere(button) {
  const asked = button.querySelector("[data-label]");
  if (!navigator.geolocation) return note(say("unplaced"), "warning");
  asked.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    async ({ coords }) => {
      const place = `${coords.longitude.toFixed(5)},${coords.latitude.toFixed(5)}`;
      await freshPlaces({ "X-Suqiu-Place": place }).catch(() => false);
      window.scrollTo({ top: 0 });
    },
    () => note(say("unplaced"), "warning"),
    { enableHighAccuracy: false, timeout: 15_000, maximumAge: 300_000 },
  );
}

// --- what waits ---

export async function showKept(records, onChange) {
  const section = document.getElementById("site-kept");
  if (!section) return;
  section.hidden = records.length === 0;
  const rows = await Promise.all(records.map((record) => keptRow(record, onChange)));
  document.getElementById("site-kept-rows").replaceChildren(...rows);
  markPlaces(records.filter((record) => record.state === "waiting"));
}

// A place of which something waits says so on its card: nobody goes there twice.
function markPlaces(waiting) {
  document.querySelectorAll(".site-place-kept").forEach((old) => old.remove());
  for (const record of waiting) {
    const card = document.querySelector(`.site-place[data-number="${record.url.split("/")[3]}"]`);
    const words = [say(record.kind), say("recorded", { when: at(record.recordedAt) }), say("wait")].join(" · ");
    card?.querySelector(".site-place-ways").before(element("p", { class: "site-place-kept" }, icon("hourglass"), element("span", {}, words)));
  }
}

async function keptRow(record, onChange) {
  const title = await titleOf(record).catch(() => say("unreadable"));
  const facts = [say(record.kind), say("recorded", { when: at(record.recordedAt) })];
  if (record.photos) facts.push(say("photos", { n: record.photos }));
  const row = element("li", { class: `site-kept-row site-kept-${record.state}`, "data-key": record.key },
    element("p", { class: "site-kept-title" }, element("b", {}, title)),
    element("p", { class: "quiet" }, facts.join(" · ")));
  if (record.state === "waiting") row.append(element("p", { class: "site-kept-state" }, icon("hourglass"), say("wait")));
  if (record.state === "refused") row.append(...refusedParts(record));
  if (record.state === "unreadable") row.append(element("p", { class: "site-kept-state" }, icon("circle-alert"), say("unreadable")));
  if (record.state === "note") row.append(...(await noteParts(record)));
  if (record.state !== "waiting") row.append(ways(record, onChange));
  return row;
}

function refusedParts(record) {
  const said = record.said ?? {};
  const lines = [said.reason, said.state, said.who_can].filter(Boolean).map((text) => element("p", {}, text));
  return [element("div", { class: "site-kept-no", role: "alert" }, icon("circle-alert"), element("div", {}, element("b", {}, say("refused")), ...lines))];
}

async function noteParts(record) {
  const form = await formOf(record).catch(() => null);
  if (!form) return [];
  const pictures = [...form.getAll("before"), ...form.getAll("after")].filter((f) => f.size).map((file) => {
    const url = URL.createObjectURL(file);
    return element("a", { href: url, download: file.name }, element("img", { src: url, alt: file.name, width: 72, height: 72 }));
  });
  const texts = ["place", "words"].map((name) => form.get(name)).filter(Boolean);
  return [
    element("p", { class: "site-kept-state" }, icon("file-text"), say("note")),
    ...texts.map((text) => element("p", { class: "words" }, text)),
    pictures.length ? element("p", { class: "site-kept-pictures" }, ...pictures) : "",
  ].filter(Boolean);
}

function ways(record, onChange) {
  const shown = element("p", { class: "buttons" });
  const way = (label, does, kind = "") => {
    const button = element("button", { type: "button", class: `button ${kind}` }, element("span", { "data-label": true }, label));
    button.addEventListener("click", () => does(button));
    shown.append(button);
  };
  if (record.state === "refused") {
    if (record.photos && OF_PHOTO.has(record.said?.field)) way(say("bare"), () => withoutPhotos(record.key).then(() => onChange(true)));
    way(say("again"), () => setState(record.key, "waiting").then(() => onChange(true)));
    way(say("as-note"), () => setState(record.key, "note").then(() => onChange(false)));
  }
  way(say("discard"), (button) => {
    if (button.dataset.sure) return void discard(record.key).then(() => onChange(false));
    button.dataset.sure = "yes"; // asked once, in the same place
    button.querySelector("[data-label]").textContent = say("really");
  }, "button-danger");
  return shown;
}
