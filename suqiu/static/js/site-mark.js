// Whose screen is it, when what stands on it came out of the phone? The server drew no mark on a shell; it is drawn here, with the name
// that came along with the places and the key.

import { owner } from "./site-store.js";
import { page, say } from "./site-words.js";

const ID = "screen-mark-of-phone";
const TILE = { id: ID, width: 420, height: 190, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-24)" };

// The server's own mark, where there is one, stays: it says to whom that page was sent.
export async function drawMark() {
  const who = await owner();
  document.getElementById(ID)?.closest("svg").remove();
  if (!who || who.account === page.dataset.account) return;
  const lines = [`${who.mark} ${stamp(new Date())}`, say("mark")];
  const tile = drawn("pattern", TILE, ...lines.map((text, n) => drawn("text", { x: 10, y: 60 + 22 * n }, text)));
  const sheet = drawn("rect", { width: "100%", height: "100%", fill: `url(#${ID})` });
  document.body.append(drawn("svg", { class: "screen-mark", "aria-hidden": "true", focusable: "false" }, drawn("defs", {}, tile), sheet));
}

function stamp(moment) {
  const here = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 16).replace("T", " ");
}

function drawn(name, attributes, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}
