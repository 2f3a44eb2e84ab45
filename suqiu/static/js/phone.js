// What does the phone desk gain when scripts run? Keys, drafts on the server, and sides that follow the typing.
// Nothing here moves the caret, the scroll or a field that the operator has filled; the words of the page come from data-attributes.

const form = document.querySelector("form[data-call]");
const shelf = (officer, key) => `suqiu-call:${officer}:${key}`;

// --- The call is registered: what was kept on this computer goes. Enter takes the next call. ---

function afterwards() {
  const next = document.querySelector("[data-next]");
  if (!next) return;
  const sent = sessionStorage.getItem("suqiu-call-sent");
  if (sent) localStorage.removeItem(sent);
  sessionStorage.removeItem("suqiu-call-sent");
  next.focus();
}

if (form) desk();
else afterwards();

function desk() {
  const say = form.dataset;
  const field = (name) => form.elements[name];
  const words = field("words");
  const phone = field("phone");
  const hints = document.getElementById("hints");
  const hintsNote = document.querySelector("[data-hints-note]");
  const keptNote = form.querySelector("[data-kept]");
  const actNote = document.querySelector("[data-act-note]");
  const post = (url, body, more = {}) => fetch(url, { method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { "X-CSRFToken": token(), "HX-Request": "true" }, ...more });
  const token = () => field("csrfmiddlewaretoken").value;
  const NOT_DRAFTED = ["csrfmiddlewaretoken", "key"];

  function values({ withPhone = true } = {}) {
    const found = {};
    for (const own of form.elements) {
      if (!own.name || NOT_DRAFTED.includes(own.name) || own.matches("button, fieldset")) continue;
      if (own.type === "tel" && !withPhone) continue;
      if (own.value) found[own.name] = own.value;
    }
    return found;
  }

  const untouched = JSON.stringify(Object.entries(values()).filter(([name]) => !["urgency", "secrecy"].includes(name)));

  // --- Drafts: on the server while one types; on this computer too until the server has them. ---

  let revision = Number(say.revision);
  let keepTimer, hereTimer, isSaving = false, isDirty = false, lastState = "kept";
  const myShelf = () => shelf(say.officer, field("key").value);

  function note(state, text) {
    lastState = state;
    keptNote.dataset.state = state;
    if (state !== "out") keptNote.textContent = text;
    else {
      const link = document.createElement("a");
      link.href = `/login/?next=${encodeURIComponent(location.pathname)}`;
      link.target = "_blank";
      link.textContent = text;
      keptNote.replaceChildren(link);
    }
  }

  function keepHere() {
    try {
      localStorage.setItem(myShelf(), JSON.stringify({ at: Date.now(), revision: revision + 1, values: values({ withPhone: false }) }));
    } catch { /* a full or forbidden store: the server keeps it all the same */ }
  }

  function changed() {
    isDirty = true;
    clearTimeout(hereTimer);
    clearTimeout(keepTimer);
    hereTimer = setTimeout(keepHere, 150);
    keepTimer = setTimeout(keep, 700);
  }

  async function keep() {
    if (isSaving) return false;
    if (!isDirty) return lastState === "kept";
    isSaving = true;
    isDirty = false;
    revision += 1;
    try {
      await keepOnce(true);
    } catch {
      isDirty = true;
      keepHere();
      note("here", say.saidHere);
    } finally {
      isSaving = false;
    }
    if (isDirty) keepTimer = setTimeout(keep, lastState === "kept" ? 700 : 5000);
    return lastState === "kept";
  }

  async function keepOnce(isFirst) {
    const body = new URLSearchParams({ ...values(), key: field("key").value, revision });
    const answer = await post(say.draftUrl, body, { keepalive: body.toString().length < 60_000 });
    if (answer.type === "opaqueredirect") return out();
    if (answer.status === 403 && isFirst && (await freshToken())) return keepOnce(false);
    if (answer.status === 409) {
      const found = await answer.json().catch(() => null);
      if (!found?.revision) throw new Error("409");
      revision = found.revision;
      isDirty = true;
      return note("other", say.saidOther);
    }
    if (!answer.ok) throw new Error(answer.status);
    const { at } = await answer.json();
    if (!isDirty) {
      clearTimeout(hereTimer);
      localStorage.removeItem(myShelf());
    }
    note("kept", say.saidKept.replace("{0}", at));
  }

  function out() {
    isDirty = true;
    keepHere();
    note("out", say.saidOut);
  }

  // The session ended and began again in another window: its token is another one.
  async function freshToken() {
    const answer = await fetch(say.draftUrl, { redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect" || !answer.ok) return false;
    const { token: fresh } = await answer.json();
    for (const own of document.querySelectorAll("[name=csrfmiddlewaretoken]")) own.value = fresh;
    return true;
  }

  function restore() {
    if ("posted" in say) { // come back from the server with all that was typed
      localStorage.removeItem(myShelf());
      return changed();
    }
    const own = read(myShelf());
    if (own && own.revision > revision) return putBack(own);
    if (own) localStorage.removeItem(myShelf());
    if (untouched !== "[]") return;
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(`suqiu-call:${say.officer}:`) || name === myShelf()) continue;
      const other = read(name);
      if (!other) localStorage.removeItem(name);
      else {
        field("key").value = name.split(":")[2];
        return putBack(other);
      }
    }
  }

  function read(name) {
    try {
      const found = JSON.parse(localStorage.getItem(name));
      return found && Date.now() - found.at < 7 * 86_400_000 ? found : null;
    } catch {
      return null;
    }
  }

  function putBack(kept) {
    for (const [name, value] of Object.entries(kept.values)) if (field(name)) field(name).value = value;
    revision = Math.max(revision, kept.revision);
    note("kept", say.saidRestored);
    changed();
    ask(0);
  }

  addEventListener("online", keep);
  addEventListener("pagehide", () => { if (isDirty) { keepHere(); keep(); } });
  document.addEventListener("visibilitychange", () => { if (document.hidden && isDirty) { keepHere(); keep(); } });

  // --- Suggestions: asked when the typing rests; only the newest answer is shown, and only where something is new. ---

  let askTimer, asked = 0, shown = 0, lastAsked = "", lit = "";

  function ask(wait = 350) {
    clearTimeout(askTimer);
    askTimer = setTimeout(askNow, wait);
  }

  async function askNow() {
    const body = new URLSearchParams(values());
    if (body.toString() === lastAsked) return;
    lastAsked = body.toString();
    const number = ++asked;
    try {
      const answer = await post(say.suggestUrl, body);
      if (!answer.ok || answer.type === "opaqueredirect") throw new Error(answer.status);
      const text = await answer.text();
      if (number < shown) return; // a newer answer is there already
      shown = number;
      hintsNote.textContent = "";
      put(text);
    } catch {
      if (number < shown) return;
      lastAsked = "";
      hintsNote.textContent = say.saidNothing;
    }
  }

  function put(text) {
    const fresh = document.createElement("div");
    fresh.innerHTML = text; // our own server's fragment, escaped there
    if (fresh.innerHTML === hints.dataset.html) return;
    hints.dataset.html = fresh.innerHTML;
    const column = hints.parentElement, top = column.scrollTop;
    hints.replaceChildren(...fresh.childNodes);
    column.scrollTop = top;
    light(document.getElementById(lit) && !isFilled(document.getElementById(lit)) ? lit : "");
  }

  const rows = () => [...hints.querySelectorAll("li[id]")];
  const kindOf = (row) => row?.querySelector("[data-take]")?.dataset.take ?? "case";
  const isFilled = (row) => ["area", "matter"].includes(kindOf(row)) && Boolean(field(kindOf(row)).value);

  function light(id) {
    const all = rows();
    const open = (kind) => all.find((row) => kindOf(row) === kind && !isFilled(row));
    const row = all.find((own) => own.id === id) ?? open("area") ?? open("matter") ?? open("event") ?? open("case");
    lit = row?.id ?? "";
    for (const own of all) (own.querySelector("[data-take]") ?? own).classList.toggle("is-lit", own === row);
  }

  function move(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.id === lit);
    const row = all[(at + by + all.length) % all.length];
    light(row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  function take(button) {
    const { take: name, value, type } = button.dataset;
    const own = field(name);
    const isOff = name === "event" && own.value === value;
    own.value = isOff ? "" : value;
    if (own.value !== value && !isOff) return;
    for (const other of hints.querySelectorAll(`[data-take="${name}"]`)) {
      other.classList.toggle("is-taken", other === button && !isOff);
      if (name === "event") other.setAttribute("aria-pressed", String(other === button && !isOff));
    }
    if (name !== "event") own.classList.add("is-proposed");
    if (name === "matter" && type && !field("demand_type").value) {
      field("demand_type").value = type;
      field("demand_type").classList.add("is-proposed");
    }
    light("");
    changed();
    ask(0);
  }

  function takeLit() {
    const row = document.getElementById(lit);
    const button = row?.querySelector("[data-take]");
    if (button) take(button);
    else if (row?.dataset.open) open(row.dataset.open, "_blank", "noopener");
  }

  hints.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    event.preventDefault();
    take(button);
  });

  // --- The caller, by his number: once for each number, since every look is written down. ---

  const caller = document.getElementById("caller");
  let looked = "";

  async function look(isForced) {
    const number = phone.value.replace(/\D/g, "");
    if (!number || (number === looked && !isForced)) return;
    if (number.length < 5) return void (caller.textContent = say.saidUnlooked);
    looked = number;
    try {
      const answer = await post(say.lookUrl, new URLSearchParams({ phone: phone.value }));
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (number === looked) caller.innerHTML = text; // our own server's fragment, escaped there
    } catch {
      if (number === looked) caller.textContent = say.saidUnreached;
      looked = "";
    }
  }

  phone.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    look(true);
    words.focus();
  });
  phone.addEventListener("change", () => { if (phone.value.replace(/\D/g, "").length >= 11) look(false); });
  document.querySelector("[data-look]").addEventListener("click", (event) => {
    event.preventDefault();
    look(true);
    words.focus();
  });

  // --- Keys: Alt with a digit works inside text; the map of them on F1. ---

  const map = document.getElementById("keys");
  const keysOff = map.querySelector("[data-keys-off]");
  keysOff.checked = localStorage.getItem("suqiu-keys-off") === "1";
  keysOff.addEventListener("change", () => localStorage.setItem("suqiu-keys-off", keysOff.checked ? "1" : "0"));
  const showKeys = () => (map.open ? map.close() : map.showModal());
  document.querySelector("[data-keys]").addEventListener("click", showKeys);
  map.querySelector("[data-keys-close]").addEventListener("click", showKeys);
  const button = (...then) => then.map((value) => document.querySelector(`.actbar [value="${value}"]`)).find(Boolean);

  const DIGITS = {
    Digit1: () => act(button("answer_at_once")),
    Digit2: () => act(button("dispatch", "accept")),
    Digit3: () => act(button("event")),
    Digit4: () => act(button("divert")),
    Digit5: () => words.focus(),
    Digit6: () => openMore(),
    Digit7: () => { phone.focus(); phone.select(); },
    Digit0: () => { const row = document.querySelector("#hints .alike:has(.is-lit), #hints .alike.is-lit, #hints .alike"); if (row) open(row.dataset.open, "_blank", "noopener"); },
  };

  function openMore() {
    const more = form.querySelector("details.fold-part");
    more.open = true;
    more.querySelector("input, select, textarea").focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const does = keyed(event);
    if (!does || (map.open && does !== showKeys)) return;
    event.preventDefault();
    does();
  });

  function keyed(event) {
    const { code, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (code === "F1" || (altKey && code === "Slash")) return showKeys;
    if ((ctrlKey || metaKey) && !altKey && event.key === "Enter") return () => act(button("register"));
    if (!altKey || ctrlKey || metaKey || shiftKey) return null;
    if (event.key === "Enter") return takeLit;
    if (code === "ArrowDown") return () => move(1);
    if (code === "ArrowUp") return () => move(-1);
    return keysOff.checked ? null : DIGITS[code];
  }

  // --- The next step: what is still missing is gone to, not posted. ---

  const NEEDED = {
    register: ["words"],
    accept: ["words", "area", "demand_type"],
    dispatch: ["words", "area", "matter", "demand_type"],
    answer_at_once: ["words", "answer", "source"],
    divert: ["words", "routing_class", "reason", "basis", "way", "told"],
    event: ["words", "event"],
  };

  function act(press) {
    if (press.value === "event") chooseEvent();
    const missing = NEEDED[press.value].filter((name) => !field(name).value.trim());
    if (!missing.length) return press.form.requestSubmit(press);
    const part = form.querySelector(`details[data-part="${press.value}"]`);
    if (part && !part.open) part.open = true;
    const labels = missing.map((name) => document.querySelector(`label[for="id_${name}"]`)?.firstChild.textContent.trim() ?? press.textContent.trim());
    actNote.textContent = say.saidMissing.replace("{0}", labels.join(" · "));
    (missing[0] === "event" ? words : field(missing[0])).focus();
  }

  function chooseEvent() {
    if (field("event").value) return;
    const row = document.getElementById(lit);
    const choice = kindOf(row) === "event" ? row.querySelector("[data-take]") : hints.querySelector('[data-take="event"]');
    if (choice) take(choice);
  }

  document.querySelector(".actbar").addEventListener("click", (event) => {
    const press = event.target.closest("button");
    if (!press) return;
    event.preventDefault();
    act(press);
  });

  let isChecked = false;
  form.addEventListener("submit", (event) => {
    sessionStorage.setItem("suqiu-call-sent", myShelf());
    keepHere();
    clearTimeout(keepTimer);
    if (lastState === "kept" || lastState === "other" || isChecked) return void (isDirty = false);
    event.preventDefault(); // the network or the session was gone: see first whether they are back
    const press = event.submitter;
    isDirty = true;
    keep().then((isBack) => {
      document.dispatchEvent(new Event("htmx:finally:request")); // the button is free again
      if (!isBack) return;
      isChecked = true;
      form.requestSubmit(press);
    });
  });

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  for (const own of [phone, field("name")]) own.addEventListener("input", typed); // they lie in the bar above
  function typed(event) {
    if (event.isComposing) return; // half a pinyin word is not yet a word
    if (event.isTrusted) event.target.classList?.remove("is-proposed");
    if (event.type === "input") actNote.textContent = "";
    changed();
    ask();
  }
  form.addEventListener("compositionend", () => { changed(); ask(); });

  hints.dataset.html = hints.innerHTML;
  light("");
  restore();
  const refused = document.querySelector("[data-refusal]");
  const wrong = form.querySelector("[id$=_error]")?.id.replace(/_error$/, "");
  if (wrong && document.getElementById(wrong)) document.getElementById(wrong).focus();
  else if (!refused) (phone.value ? words : phone).focus();
}
