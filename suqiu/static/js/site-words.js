// How do the scripts of the handler's pages speak? In the words of the page, which the server has translated.

export const page = document.getElementById("main");

// say("held", {records: 2, photos: 3})
export function say(name, values = {}) {
  const key = `say${name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase())}`;
  return Object.entries(values).reduce((text, [n, v]) => text.replaceAll(`{${n}}`, v), page.dataset[key] ?? "");
}

export function at(moment) {
  const isToday = new Date(moment).toDateString() === new Date().toDateString();
  const day = isToday ? {} : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(moment);
}

export function far(metres) {
  return metres < 1000 ? say("metres", { n: Math.round(metres) }) : say("km", { n: (metres / 1000).toFixed(1) });
}

export function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  made.append(...inside.filter((part) => part !== null && part !== undefined && part !== ""));
  return made;
}

export function icon(name, size = 20) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ class: `icon icon-${size}`, width: size, height: size, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${page.dataset.icons}#i-${name}`);
  svg.append(use);
  return svg;
}

export function note(text, kind = "success") {
  const shown = element("p", { class: `note note-${kind}`, role: "status" }, icon(kind === "success" ? "check" : "circle-alert"), element("span", {}, text));
  document.getElementById("refusal").replaceChildren(shown);
}
