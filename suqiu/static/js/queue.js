// How does a clerk go down a list with two fingers? J and K move, X ticks, Enter opens, / filters; the case stands beside the list.
// Without scripts: links, boxes, and one form.

const rows = () => [...document.querySelectorAll(".case-row")];
const current = () => document.querySelector(".case-row[aria-current]");
const peek = document.querySelector("[data-peek]");
const batch = document.querySelector("#batch");
const isOff = () => { try { return localStorage.getItem("suqiu-keys-off") === "1"; } catch { return false; } };
const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");

// --- moving ---

function stand(row) {
  if (!row) return;
  current()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector(".case-row-title").focus({ preventScroll: true });
  show(row);
}

function step(by) {
  const all = rows(), at = all.indexOf(current());
  stand(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOff() || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "x") current()?.querySelector("[name=case]")?.click();
  else if (key === "enter" && current() && !event.target.closest("a, button, summary")) current().querySelector(".case-row-title").click();
  else if (event.key === "/" && document.querySelector("[data-sift]")) {
    event.preventDefault();
    const sift = document.querySelector("[data-sift]");
    sift.open = true;
    sift.querySelector("[name=text]").focus();
  }
});

// --- the case beside the list; each look is written down, so it waits until the moving rests ---

let rests, asked;

function show(row) {
  if (!peek || !peek.offsetParent) return;
  clearTimeout(rests);
  rests = setTimeout(() => fetchCase(row), 350);
}

async function fetchCase(row) {
  const link = row.querySelector(".case-row-title");
  const number = /\/desk\/case\/(\w+)\//.exec(link.getAttribute("href"))?.[1];
  if (!number) return;
  const mine = (asked = Symbol(number));
  peek.setAttribute("aria-busy", "true");
  let answer = "";
  try {
    const response = await fetch(peek.dataset.peek.replace("NUMBER", number), { headers: { "HX-Request": "true" } });
    answer = response.ok && !response.redirected ? await response.text() : "";
  } catch { /* said below */ }
  if (mine !== asked) return;
  peek.removeAttribute("aria-busy");
  if (answer) peek.innerHTML = answer;
  else peek.replaceChildren(Object.assign(document.createElement("p"), { className: "quiet", textContent: peek.dataset.peekLost }));
}

// --- ticks ---

const boxes = () => [...document.querySelectorAll(".case-row [name=case]")];
let last;

function say() {
  if (!batch) return;
  const n = boxes().filter((box) => box.checked).length;
  const said = batch.querySelector("[data-said]");
  said.dataset.none ??= said.textContent;
  const text = n ? said.dataset.said.replace("{0}", n) : said.dataset.none;
  if (said.textContent !== text) said.textContent = text;
  batch.classList.toggle("is-some", n > 0);
  const all = batch.querySelector("[data-tick-all]");
  all.checked = n > 0 && n === boxes().length;
  all.indeterminate = n > 0 && n < boxes().length;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".case-row [name=case]");
  if (!box) return;
  if (event.shiftKey && last) {
    const all = boxes(), [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  last = box;
  say();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
  say();
});
window.addEventListener("pageshow", say);
say();
