// What does a page gain when scripts run? Six small helps; every page works without them.
// Words come from data-attributes, so that they are translated with the page.
// Listeners sit on the document, so that swapped fragments need no setting up.

document.documentElement.classList.add("has-js");

const words = () => document.body.dataset;
const relabel = (element, text) => { (element.querySelector("[data-label]") ?? element).textContent = text; };

// --- One press, one posting: the second press finds the button busy, the server's idempotency key does the rest. ---

const busy = new Map();

function markBusy(form, button) {
  if (!button) button = form.querySelector("button:not([type='button'])");
  if (!button) return busy.set(form, () => {});
  const label = button.querySelector("[data-label]") ?? button;
  const before = [...label.childNodes];
  busy.set(form, () => { button.removeAttribute("aria-disabled"); label.replaceChildren(...before); });
  button.setAttribute("aria-disabled", "true");
  label.textContent = words().busy;
}

function freeAgain(form) {
  busy.get(form)?.();
  busy.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (busy.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  markBusy(form, event.submitter);
  setTimeout(() => freeAgain(form), 30_000);
}, true);

document.addEventListener("htmx:finally:request", () => [...busy.keys()].forEach(freeAgain));
window.addEventListener("pageshow", (event) => { if (event.persisted) [...busy.keys()].forEach(freeAgain); });

// --- Drafts: what is typed survives a refusal, a dead battery, a lost signal; telephone numbers and files are not kept. ---

const DAYS_KEPT = 7;
const shelf = (form) => `suqiu-draft:${form.dataset.draft}`;
const NOT_KEPT = "button, fieldset, output, [type=hidden], [type=password], [type=file], [type=tel], [data-draft-skip]";
const isKept = (field) => field.name && !field.matches(NOT_KEPT);

function readDraft(form) {
  try {
    const draft = JSON.parse(localStorage.getItem(shelf(form)));
    return draft && Date.now() - draft.at < DAYS_KEPT * 86_400_000 ? draft.values : null;
  } catch {
    return null;
  }
}

function writeDraft(form) {
  const values = {};
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    if (field.matches("[type=radio], [type=checkbox]")) {
      if (field.checked) (values[field.name] ??= []).push(field.value);
    } else if (field.value) values[field.name] = field.value;
  }
  try {
    if (Object.keys(values).length) localStorage.setItem(shelf(form), JSON.stringify({ at: Date.now(), values }));
    else localStorage.removeItem(shelf(form));
    sayDraft(form, words().kept);
  } catch { /* a full or forbidden store: typing goes on, only the draft is missing */ }
}

function sayDraft(form, text) {
  const note = form.querySelector("[data-draft-note]");
  if (note && note.textContent !== text) note.textContent = text;
}

function restoreDraft(form) {
  const values = readDraft(form);
  if (!values) return;
  let isRestored = false;
  for (const field of form.elements) {
    const kept = values[field.name];
    if (kept === undefined || !isKept(field)) continue;
    if (field.matches("[type=radio], [type=checkbox]")) {
      isRestored ||= !field.checked && kept.includes(field.value);
      field.checked ||= kept.includes(field.value);
    } else if (!field.value && kept) {
      field.value = kept;
      isRestored = true;
    }
  }
  if (isRestored) sayDraft(form, words().restored);
}

// The posting of a draft is remembered in this tab; the draft goes only when the next page is neither the same form nor a page that says no.
function settleDrafts() {
  const posted = sessionStorage.getItem("suqiu-posted");
  const isStillOpen = [...document.querySelectorAll("form[data-draft]")].some((form) => shelf(form) === posted);
  if (posted && !isStillOpen && !document.querySelector("[data-keep-drafts], [data-refusal]")) localStorage.removeItem(posted);
  sessionStorage.removeItem("suqiu-posted");
  document.querySelectorAll("form[data-draft]").forEach(restoreDraft);
}

let draftTimer;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft || event.isComposing) return; // half a pinyin word is not yet a word
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => writeDraft(form), 400);
});
document.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.draft) return;
  clearTimeout(draftTimer);
  writeDraft(event.target);
  sessionStorage.setItem("suqiu-posted", shelf(event.target));
});

// --- Photographs: see what was chosen before it is sent. ---

document.addEventListener("change", (event) => {
  if (!event.target.matches("input[type=file]")) return;
  const list = document.querySelector(`[data-previews-of="${event.target.id}"]`);
  list?.replaceChildren(...[...event.target.files].map(preview));
});

function preview(file) {
  const item = document.createElement("li");
  if (file.type.startsWith("image/")) {
    const picture = new Image();
    picture.alt = file.name;
    picture.onload = () => URL.revokeObjectURL(picture.src);
    picture.onerror = () => picture.replaceWith(file.name); // HEIC, or not a picture after all
    picture.src = URL.createObjectURL(file);
    item.append(picture);
  } else item.append(file.name);
  return item;
}

// --- Place: the telephone's own position, asked for by a tap, with its own accuracy beside it. ---

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-geolocate]");
  if (!button) return;
  const says = button.parentElement.querySelector("[data-geolocate-says]");
  says.textContent = button.dataset.asking;
  if (!navigator.geolocation) return void (says.textContent = button.dataset.refused);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      document.getElementById(button.dataset.lon).value = coords.longitude.toFixed(6);
      document.getElementById(button.dataset.lat).value = coords.latitude.toFixed(6);
      document.getElementById(button.dataset.accuracy).value = Math.round(coords.accuracy);
      says.textContent = button.dataset.found.replace("{0}", Math.round(coords.accuracy));
    },
    () => { says.textContent = button.dataset.refused; },
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
});

// --- Small buttons: copy, print, light and dark. ---

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print], [data-theme-switch]");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  if ("themeSwitch" in button.dataset) switchTheme();
  if ("copy" in button.dataset) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      relabel(button, button.dataset.copied);
    } catch { /* no clipboard over plain http: the words stand on the page and can be marked */ }
  }
});

function switchTheme() {
  const root = document.documentElement;
  const isDarkBySystem = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = root.dataset.theme === "dark" || (root.dataset.theme === "auto" && isDarkBySystem);
  root.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

// --- htmx: the CSRF token travels in a header; a refusal that arrives as a fragment takes the focus. ---

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:after:swap", (event) => {
  const pageClass = /<body class="([^"]*)"/.exec(event.detail.ctx?.text ?? "")?.[1];
  if (pageClass && event.detail.ctx.target === document.body) document.body.className = pageClass; // e.g. the door, after the session ended
  settleDrafts();
  document.querySelector("[data-refusal]")?.focus();
});

settleDrafts();
document.querySelector("[data-refusal]")?.focus();
