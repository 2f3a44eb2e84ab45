// What does a reviewer gain when scripts run? His hands stay on the keys. A letter only opens a decision; sending takes a second press.

const isKeysOff = () => localStorage.getItem("suqiu-keys-off") === "1"; // the switch is on the map of keys
const isTyping = (target) => target.closest("textarea, input, select, [contenteditable]");

function open(name) {
  const decision = document.querySelector(`[data-decision="${name}"]`);
  if (!decision) return;
  decision.open = true;
  const box = decision.querySelector("textarea");
  box?.focus();
  box?.setSelectionRange(box.value.length, box.value.length);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.repeat) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest(".decide form") ?? document.querySelector(".decide[open] form");
    if (!form) return;
    event.preventDefault();
    return form.requestSubmit();
  }
  if (event.ctrlKey || event.metaKey || isKeysOff()) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toUpperCase();
  const name = { A: "approve", R: "send_back" }[key];
  const link = document.querySelector(`a[data-key="${key}"]`);
  if (!name && !link) return;
  event.preventDefault();
  if (name) open(name);
  else link.click();
});

// Only one decision stands open at a time: what is sent is what is seen.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(".decide") || !event.target.open) return;
  for (const other of document.querySelectorAll(".decide")) if (other !== event.target) other.open = false;
}, true);
