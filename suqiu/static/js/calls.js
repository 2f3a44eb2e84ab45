// What does a follow-up call gain when scripts run? Keys instead of a mouse; each answer saved without a new page; a lost line loses nothing.
// What could not be sent yet lies in this browser, in order, each with a key of its own: the server takes each once.

const form = document.getElementById("call-form");
const standing = document.getElementById("standing");
const savedNote = document.querySelector("[data-saved-note]");
const box = document.getElementById("call-words");
const RETRY_AFTER = 4_000;

// --- The queue of what is not saved yet --------------------------------------------------------------------------

const shelf = form && `suqiu-followup:${form.dataset.shelf}`;
let queue = form ? readQueue() : [];
let isSending = false, isParked = false;

function readQueue() {
  try {
    return JSON.parse(localStorage.getItem(shelf)) ?? [];
  } catch {
    return [];
  }
}

function keepQueue() {
  try {
    if (queue.length) localStorage.setItem(shelf, JSON.stringify(queue));
    else localStorage.removeItem(shelf);
  } catch { /* a full or forbidden store: the queue lives as long as the page */ }
}

function put(name, value) {
  if (name === "words") queue = queue.filter((one) => one.name !== "words"); // only the last wording is worth sending
  queue.push({ name, value, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.slice(0, 36) });
  keepQueue();
  flush();
}

async function flush() {
  if (isSending || !queue.length) return;
  isSending = true;
  isParked = false;
  try {
    while (queue.length && await send(queue[0])) { /* the next */ }
  } finally {
    isSending = false;
  }
  if (queue.length && !isParked) setTimeout(flush, RETRY_AFTER);
}

// True when this one is done with: taken, or refused for good.
async function send(one) {
  let answer;
  try {
    answer = await post({ [one.name]: one.value, key: one.key });
  } catch {
    return waits(form.dataset.waits);
  }
  if (answer.type === "opaqueredirect" || answer.status === 403) { // asking again by itself would not help
    isParked = true;
    return waits(form.dataset.out);
  }
  if (answer.status >= 500) return waits(form.dataset.fault);
  queue = queue.filter((other) => other.key !== one.key);
  keepQueue();
  const onward = answer.headers.get("X-Go-To");
  if (onward) return void location.assign(onward);
  const html = await answer.text();
  if (answer.ok) show(html);
  else refuse(html);
  return true;
}

function post(fields) {
  const body = new FormData();
  const known = { csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, call: form.elements.call.value };
  for (const [name, value] of Object.entries({ ...known, ...fields })) body.append(name, value);
  return fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" });
}

function waits(words) {
  say(words, true);
  return false;
}

function say(words, isWaiting = false) {
  savedNote.textContent = words;
  savedNote.classList.toggle("is-waiting", isWaiting);
}

function show(html) {
  standing.innerHTML = html;
  document.getElementById("refusal").replaceChildren();
  if (!queue.length) press();
  say(form.dataset.saved);
  showDial();
}

function refuse(html) {
  document.getElementById("refusal").innerHTML = html;
  document.querySelector("#refusal [data-refusal]")?.focus();
  say("");
  if (!queue.length) press();
}

// --- Which answers stand, and which question is next ---------------------------------------------------------------

const chosen = () => new Map((standing.querySelector("[data-chosen]")?.dataset.chosen ?? "").trim().split(/\s+/).filter(Boolean)
  .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));

function press() {
  const answers = chosen();
  for (const button of form.querySelectorAll("button[aria-pressed]")) {
    button.setAttribute("aria-pressed", String(answers.get(button.name) === button.value));
  }
  showSlots();
}

function showSlots() {
  const slots = form.querySelector(".ask-slots");
  const isOpen = form.querySelector("[name=outcome][value=later]").getAttribute("aria-pressed") === "true";
  if (isOpen !== slots.classList.contains("is-open")) {
    slots.classList.toggle("is-open", isOpen);
    if (isOpen) slots.scrollIntoView({ block: "nearest" });
  }
}

const questions = form ? [...form.querySelectorAll("[data-question]")] : [];
const isAnswered = (question) => Boolean(question.querySelector("[aria-pressed=true]"));
let current = questions.find((q) => !isAnswered(q)) ?? questions.at(-1);

function goTo(question) {
  current = question;
  for (const other of questions) other.classList.toggle("is-current", other === question);
}

function tap(button) {
  const group = form.querySelectorAll(`button[name="${button.name}"][aria-pressed]`);
  for (const other of group) other.setAttribute("aria-pressed", String(other === button));
  if (button.dataset.key) for (const other of form.querySelectorAll("[name=outcome]")) other.setAttribute("aria-pressed", "false");
  const question = button.closest("[data-question]");
  if (question) goTo(questions.find((q) => !isAnswered(q)) ?? question);
  showSlots();
  put(button.name, button.value);
}

// --- Dial: at once or not at all; a call that goes out later would ring somebody unawares ------------------------------

const timer = document.querySelector("[data-timer]");
let began = 0;

async function dial() {
  let answer;
  try {
    answer = await post({ dial: "1", key: crypto.randomUUID?.() ?? "" });
  } catch {
    return void (timer.textContent = form.dataset.notDialled);
  }
  if (answer.type === "opaqueredirect") return void waits(form.dataset.out);
  const html = await answer.text();
  if (answer.ok) show(html);
  else if (answer.status < 500) refuse(html);
  else timer.textContent = form.dataset.fault;
}

function showDial() {
  const state = standing.querySelector("[data-seconds]")?.dataset ?? {};
  timer.classList.toggle("over", Boolean(state.problem));
  if (state.problem) timer.textContent = timer.dataset.problem;
  document.querySelector(".dial")?.classList.toggle("button-main", !state.seconds);
  began = state.seconds ? Date.now() - Number(state.seconds) * 1000 : 0;
  tick();
}

function tick() {
  timer?.classList.toggle("is-live", began > 0);
  if (!began) return;
  const seconds = Math.floor((Date.now() - began) / 1000);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  timer.textContent = seconds < 15 ? `${clock} · ${timer.dataset.says}` : clock;
}

// --- Hands: mouse, keys, words -------------------------------------------------------------------------------------------

function record() {
  const button = standing.querySelector("[name=record]");
  if (button.getAttribute("aria-disabled") === "true" && !queue.length) return;
  clearTimeout(wordsTimer);
  if (box.value !== keptWords) putWords();
  put("record", "1");
}

function push(button) {
  if (button.name === "record") record();
  else if (button.name === "dial") dial();
  else tap(button);
}

const isKeysOff = () => localStorage.getItem("suqiu-keys-off") === "1"; // the switch is on the map of keys
const ofQuestion = (selector) => current?.querySelector(selector);

function buttonOf(event) {
  const key = event.key.toUpperCase();
  if (/^[0-5]$/.test(key)) return ofQuestion(`[data-key="${key}"]`);
  if (key === "D") return document.querySelector("[name=dial]");
  return ofQuestion(`[data-letter="${key}"]`) ?? form.querySelector(`[name=outcome][data-letter="${key}"]`);
}

function onKey(event) {
  if (event.isComposing || event.repeat || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    return record();
  }
  if (event.ctrlKey || event.metaKey || isKeysOff()) return;
  if (event.target.closest("textarea, input, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key.toUpperCase() === "W") {
    event.preventDefault();
    return box.focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    return goTo(questions[Math.min(Math.max(questions.indexOf(current) + step, 0), questions.length - 1)]);
  }
  const button = buttonOf(event);
  if (!button) return;
  event.preventDefault();
  push(button);
}

let wordsTimer, keptWords = box?.value ?? "";
const WORDS_REST = 700;

function putWords() {
  keptWords = box.value;
  put("words", box.value);
}

if (form) {
  const waiting = queue.filter((one) => one.name === "words").at(-1);
  if (waiting && !box.value) box.value = keptWords = waiting.value;
  goTo(current);
  showSlots();
  showDial();
  setInterval(tick, 1000);
  flush();
  window.addEventListener("online", flush);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=call-form], #call-form button");
    if (!button || button.name === "put_back") return;
    event.preventDefault();
    push(button);
  });
  box.addEventListener("input", (event) => {
    clearTimeout(wordsTimer);
    if (!event.isComposing) wordsTimer = setTimeout(putWords, WORDS_REST);
  });
  box.addEventListener("compositionend", () => { wordsTimer = setTimeout(putWords, WORDS_REST); });
  box.addEventListener("blur", () => { if (box.value !== keptWords) putWords(); });
}
