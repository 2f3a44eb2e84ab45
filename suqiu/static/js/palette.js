// How does somebody get about without the mouse? A palette of places, letters that lead somewhere, a map of the keys.
// Letters act only while nobody types and no input method composes; they can be switched off. Without scripts the field is a plain form.

const field = document.querySelector("[data-palette]");
const SWITCH = "suqiu-keys-off";
const LETTERS = { t: "/desk/", n: "/desk/notices/", m: "/desk/catalogue/", r: "/desk/intake/", b: "/desk/shift/" };
const isOff = () => { try { return localStorage.getItem(SWITCH) === "1"; } catch { return false; } };
const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");

let dialog, waits, asked;

// --- the palette ---

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.setAttribute("aria-label", field.placeholder);
  const head = document.createElement("div");
  head.className = "palette-head";
  const input = document.createElement("input");
  Object.assign(input, { type: "search", placeholder: field.placeholder, autocomplete: "off", maxLength: 40 });
  input.setAttribute("aria-label", field.placeholder);
  input.setAttribute("aria-controls", "palette-found");
  const escape = document.createElement("kbd");
  escape.textContent = "Esc";
  head.append(input, escape);
  const found = document.createElement("div");
  found.className = "palette-found";
  found.id = "palette-found";
  dialog.append(head, found);
  document.body.append(dialog);
  input.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(ask, 120); });
  dialog.addEventListener("keydown", move);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

function open() {
  if (!dialog) build();
  if (dialog.open) return;
  dialog.showModal();
  const input = dialog.querySelector("input");
  input.value = "";
  input.focus();
  ask();
}

const caseHere = () => /\/desk\/case\/(\w+)\//.exec(location.pathname)?.[1] ?? document.querySelector(".case-row[aria-current] [name=case]")?.value.split(".")[0] ?? "";

async function ask() {
  const typed = dialog.querySelector("input").value;
  const mine = (asked = Symbol(typed));
  const address = `${field.dataset.palette}?${new URLSearchParams({ q: typed, case: caseHere() })}`;
  let answer = "";
  try {
    const response = await fetch(address, { headers: { "HX-Request": "true" } });
    if (response.redirected && !response.url.includes(field.dataset.palette)) return location.reload(); // the session has ended
    answer = response.ok ? await response.text() : "";
  } catch { return; } // no network: what stands there stays
  if (mine !== asked) return; // a later question has been asked meanwhile
  const found = dialog.querySelector(".palette-found");
  found.innerHTML = answer;
  choose(found.querySelector("[data-go]"));
}

function choose(link) {
  if (!link) return;
  dialog.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
  link.setAttribute("aria-selected", "true");
  link.scrollIntoView({ block: "nearest" });
}

function move(event) {
  if (event.isComposing) return;
  const links = [...dialog.querySelectorAll("[data-go]")];
  const at = links.findIndex((link) => link.hasAttribute("aria-selected"));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(links.at((at + (event.key === "ArrowDown" ? 1 : -1) + links.length) % links.length));
  } else if (event.key === "Escape") { // in a field for searching the browser would empty it first
    event.preventDefault();
    dialog.close();
  } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
    event.preventDefault();
    if (waits) clearTimeout(waits);
    links[at]?.click();
  }
}

// --- the map of keys ---

async function showKeys() {
  const map = document.createElement("dialog");
  map.className = "palette";
  try {
    const response = await fetch(field.dataset.keys, { headers: { "HX-Request": "true" } });
    if (!response.ok) return;
    map.innerHTML = `<div class="palette-keys" tabindex="-1">${await response.text()}</div>`;
  } catch { return; }
  document.body.append(map);
  map.addEventListener("close", () => map.remove());
  map.addEventListener("click", (event) => { if (event.target === map) map.close(); });
  wireSwitch(map);
  map.showModal();
}

function wireSwitch(root) {
  const box = root.querySelector("[data-keys-switch]");
  if (!box) return;
  box.checked = isOff();
  box.addEventListener("change", () => { try { localStorage.setItem(SWITCH, box.checked ? "1" : "0"); } catch { /* not kept, then */ } });
}

// --- letters ---

let isGoing = false, goingEnds;

document.addEventListener("keydown", (event) => {
  if (!field || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return open();
  }
  if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOff() || document.querySelector("dialog[open]")) return;
  if (isGoing) {
    isGoing = false;
    clearTimeout(goingEnds);
    const address = LETTERS[event.key.toLowerCase()];
    const link = /^[1-9]$/.test(event.key)
      ? [...document.querySelectorAll('.rail a[href^="/desk/queue/"]')][event.key - 1]
      : address && document.querySelector(`.rail a[href="${address}"], .top a[href="${address}"]`);
    if (link) { event.preventDefault(); event.stopImmediatePropagation(); link.click(); }
    return;
  }
  if (event.key.toLowerCase() === "g" && !event.shiftKey) {
    isGoing = true;
    goingEnds = setTimeout(() => { isGoing = false; }, 1500);
    event.stopImmediatePropagation();
  } else if (event.key === "?") {
    event.preventDefault();
    showKeys();
  }
}, true);

field?.addEventListener("focus", () => { if (matchMedia("(min-width: 760px)").matches && !field.value) { field.blur(); open(); } });
wireSwitch(document);
