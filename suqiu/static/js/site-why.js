// One sentence on what does not agree: asked for only where something does not. Without a script the field stands open.

const box = document.querySelector("[data-why]");

// What the server will doubt, in its own numbers: metres beyond the phone's accuracy, minutes between picture and stated time.
export const isFar = (metres, accuracy) => metres > Number(box?.dataset.far ?? 300) + accuracy;
export const isAdrift = (taken, stated) => Math.abs(taken - stated) > Number(box?.dataset.drift ?? 120) * 60_000;

export function distance(a, b) {
  const rad = Math.PI / 180;
  const across = Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2
    + Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2;
  return 12_742_000 * Math.asin(Math.sqrt(Math.min(1, across)));
}

export function askWhy(isDoubtful) {
  if (!box) return;
  const field = box.querySelector("input, textarea");
  box.hidden = !isDoubtful && !field.value && !box.querySelector(".field-errors");
}
