// What does a citizen gain when scripts run? A posting that waits for a signal, several photographs, a countdown, a voice that reads.
// Every page works without them; nothing runs when the page is closed, so that WeChat's browser is like any other.

const forms = (selector) => document.querySelectorAll(selector);

// --- Photographs: the camera adds to what is chosen, choosing adds too, one tap takes one away. ---

const chosen = new WeakMap(); // the input that is sent -> its files

function setFiles(input, files) {
  const list = new DataTransfer();
  files.forEach((file) => list.items.add(file));
  chosen.set(input, files);
  input.files = list.files;
  input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "set" })); // the preview follows
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file]") || event.detail === "set") return;
  if (input.dataset.cameraFor) {
    const list = document.getElementById(input.dataset.cameraFor);
    setFiles(list, [...(chosen.get(list) ?? []), ...input.files]);
    input.value = "";
  } else if (input.multiple) setFiles(input, [...(chosen.get(input) ?? []), ...input.files]);
});

document.addEventListener("change", (event) => { // after the preview is drawn: each picture can go again
  const input = event.target;
  const list = document.querySelector(`[data-previews-of="${input.id}"]`);
  if (!list || event.detail !== "set") return;
  [...list.children].forEach((item, index) => {
    const away = document.createElement("button");
    away.type = "button";
    away.className = "preview-away";
    away.textContent = "×";
    away.setAttribute("aria-label", `${input.closest("[data-away]").dataset.away} ${input.files[index]?.name ?? ""}`);
    away.addEventListener("click", () => setFiles(input, (chosen.get(input) ?? []).filter((_file, i) => i !== index)));
    item.append(away);
  });
});

// --- Sending: without a signal the form stays as it is, photographs too, and is sent once when there is one. ---

const SECONDS = [3, 10, 30, 60];
const waiting = new Map(); // form -> timer
const keyShelf = (form) => `suqiu-key:${form.dataset.draft}`;
const freeButtons = () => document.dispatchEvent(new Event("htmx:finally:request")); // suqiu.js: no form is busy now

// The key of what was sent, but not answered, is kept beside the draft: sent again after a crash it is still the same demand.
function keepKey(form) {
  try { localStorage.setItem(keyShelf(form), JSON.stringify({ at: Date.now(), key: form.elements.key.value })); } catch { /* no store */ }
}

function findKey(form) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyShelf(form)));
    if (kept && localStorage.getItem(`suqiu-draft:${form.dataset.draft}`)) form.elements.key.value = kept.key;
    else localStorage.removeItem(keyShelf(form));
  } catch { /* no store */ }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("send" in form.dataset) || event.defaultPrevented) return;
  event.preventDefault();
  send(form, 0);
});

async function send(form, round) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  keepKey(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (answer.status === 503) return waitFor(form, round, form.dataset.notStored);
    if (answer.ok && answer.redirected) {
      localStorage.removeItem(keyShelf(form));
      sessionStorage.setItem("suqiu-posted", `suqiu-draft:${form.dataset.draft}`); // handed in: the next page lets the draft go
      location.assign(answer.url);
      return;
    }
    say(form, "");
    refused(form, await answer.text());
  } catch {
    waitFor(form, round, form.dataset.noSignal);
  }
}

function waitFor(form, round, words) {
  say(form, words);
  sessionStorage.removeItem("suqiu-posted"); // not handed in: the draft stays
  freeButtons();
  const seconds = SECONDS[Math.min(round, SECONDS.length - 1)];
  waiting.set(form, setTimeout(() => send(form, round + 1), seconds * 1000));
}

function say(form, words) {
  const note = form.querySelector("[data-waiting]");
  note.textContent = words;
  note.hidden = !words;
  if (words) note.scrollIntoView({ block: "center" });
}

window.addEventListener("online", () => [...waiting.keys()].forEach((form) => send(form, 0)));

// A page that says no: its words come into this page, what was typed and chosen stays where it is.
function refused(form, text) {
  sessionStorage.removeItem("suqiu-posted");
  freeButtons();
  const answer = new DOMParser().parseFromString(text, "text/html");
  const token = answer.querySelector("form[data-send] [name=csrfmiddlewaretoken]");
  if (!token) { // not this form at all: show it as it came
    document.querySelector("main").replaceChildren(...answer.querySelector("main").childNodes);
    return;
  }
  form.elements.csrfmiddlewaretoken.value = token.value;
  const told = document.querySelector("[data-told]");
  answer.querySelector("[data-lost-files]")?.remove(); // here they are not lost
  told.replaceChildren(...answer.querySelector("[data-told]").childNodes);
  for (const field of answer.querySelectorAll("form[data-send] .field")) {
    const own = document.getElementById(field.id);
    own?.querySelector(".field-errors")?.remove();
    const errors = field.querySelector(".field-errors");
    if (own && errors) {
      own.append(errors);
      own.closest("details")?.setAttribute("open", "");
    }
    for (const input of own?.querySelectorAll("input, textarea, select") ?? []) {
      input.toggleAttribute("aria-invalid", Boolean(errors));
      if (errors) input.setAttribute("aria-invalid", "true");
    }
  }
  told.querySelector("[data-refusal]")?.focus();
  told.scrollIntoView({ block: "start" });
}

forms("form[data-send]").forEach(findKey);

// --- Drafts: a stranger's words on a shared machine can be cleared away; leaving clears all of the portal's, and nothing of the desk's. ---

const OWN_SHELF = /^suqiu-(draft|key):(submit|[a-z_]+-[A-Z]{1,4}\d+)$/; // a demand; a step of a case, or its rating

for (const button of forms("[data-drop-draft]")) {
  const form = button.form;
  const show = () => { button.hidden = ![...form.querySelectorAll("textarea")].some((area) => area.value); };
  form.addEventListener("input", show);
  show();
  button.addEventListener("click", () => {
    [`suqiu-draft:${form.dataset.draft}`, keyShelf(form)].forEach((shelf) => localStorage.removeItem(shelf));
    form.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox], [type=file])").forEach((field) => { field.value = ""; });
    form.querySelector("[data-draft-note]").textContent = "";
    button.hidden = true;
    form.querySelector("textarea").focus();
  });
}

document.addEventListener("submit", (event) => {
  if (!("forget" in event.target.dataset)) return;
  Object.keys(localStorage).filter((name) => OWN_SHELF.test(name)).forEach((name) => localStorage.removeItem(name));
});

// --- A message can be asked for again after a minute: the button says how long. ---

for (const button of forms("[data-wait]")) {
  const until = Date.now() + 1000 * Number(button.dataset.wait);
  const label = button.querySelector("[data-label]");
  const words = label.textContent;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    label.textContent = left > 0 ? button.dataset.waits.replace("{0}", left) : words;
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
}

// --- Copying where there is no clipboard (plain http, old in-app browsers). ---

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || navigator.clipboard) return;
  const area = document.createElement("textarea");
  area.value = button.dataset.copy;
  document.body.append(area);
  area.select();
  if (document.execCommand("copy")) (button.querySelector("[data-label]") ?? button).textContent = button.dataset.copied;
  area.remove();
  button.focus();
});

// --- Read to me: the state in one voice, in the language of the page. ---

if ("speechSynthesis" in window) {
  for (const button of forms("[data-read-aloud]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      speechSynthesis.cancel();
      const parts = [...document.querySelectorAll(".next-thing, .lead, #reply .words, .promise > div > span:first-child")];
      const said = new SpeechSynthesisUtterance(parts.map((part) => part.textContent.trim()).join("。"));
      said.lang = document.documentElement.lang;
      said.rate = 0.85;
      speechSynthesis.speak(said);
    });
  }
}
