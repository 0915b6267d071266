// Keys and small comforts of the office's pages. Everything here can also be done by mouse and by tabbing.
const OFF = "weitai-keys-off";
const ARROWS = { ArrowRight: "j", ArrowLeft: "k" };
const WIDE = { "？": "?", "／": "/", "、": "/" }; // what a Chinese keyboard sends
const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const typing = (target) => target.closest?.(FIELDS);
const shown = (element) => element.getClientRects().length > 0;

for (const hint of document.querySelectorAll("[data-keys], [data-keys-open]")) hint.hidden = false;

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// --- the map of keys, and the switch for those who do not want single letters
const map = document.querySelector("[data-keys-map]");
const lettersOff = () => localStorage.getItem(OFF) === "1";
if (map) {
  const off = map.querySelector("[data-keys-off]");
  off.checked = lettersOff();
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"));
  map.querySelector("[data-keys-close]").addEventListener("click", () => map.close());
  document.querySelector("[data-keys-open]")?.addEventListener("click", () => map.showModal());
}

// --- the queue: j, k and the arrows along the rows, x ticks, Enter opens
const rows = [...document.querySelectorAll("[data-queue] tbody tr")];
let at = -1;

function moveTo(index) {
  rows[at]?.classList.remove("wt-marked");
  at = Math.max(0, Math.min(rows.length - 1, index));
  rows[at].classList.add("wt-marked");
  rows[at].querySelector("a")?.focus();
}

function alongRows(key) {
  if (key === "j" || key === "ArrowDown") moveTo(at + 1);
  else if (key === "k" || key === "ArrowUp") moveTo(at - 1);
  else if (key === "x" && at >= 0) rows[at].querySelector("input[type=checkbox]")?.click();
  else return false;
  return true;
}

// --- what stands under a key: a link is followed, a field or a button gets the focus, a proposal is chosen
function go(target) {
  const folded = target.closest("details:not([open])");
  if (folded) folded.open = true;
  if (target.matches("a, [data-take]")) return target.click();
  if (target.matches("summary, section")) target = (target.closest("details") ?? target).querySelector(FIELD_TO_FILL) ?? target;
  target.scrollIntoView({ block: "nearest" });
  target.focus();
}
const FIELD_TO_FILL = "select, textarea, button.wt-phrase, input:not([type=hidden])";

function underKey(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter((one) => !one.disabled);
  const here = found.indexOf(document.activeElement); // the same key again: the next of the kind
  return here < 0 ? (found.find(shown) ?? found[0]) : found[(here + 1) % found.length];
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form?.method === "post") {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && typing(event.target) && !map?.open) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || map?.open) return;
  if (rows.length && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    alongRows(event.key);
    event.preventDefault();
    return;
  }
  if (lettersOff()) return;
  const key = WIDE[event.key] ?? (document.querySelector("[data-work]") ? ARROWS[event.key] : undefined) ?? event.key;
  if (key === "?") map?.showModal();
  else if (!(rows.length && alongRows(key))) {
    const target = underKey(key);
    if (!target) return;
    go(target);
  }
  event.preventDefault();
});

// --- ticking rows
const bar = document.querySelector("[data-picked-bar]");
if (bar) {
  const boxes = [...document.querySelectorAll("[data-queue] input[name=pick]")];
  const count = bar.querySelector("[data-picked-count]");
  const all = bar.querySelector("[data-pick-all]");
  const tell = () => {
    const picked = boxes.filter((box) => box.checked).length;
    count.textContent = picked ? count.dataset.text.replace("{n}", picked) : "";
  };
  for (const box of boxes) box.addEventListener("change", tell);
  all.hidden = false;
  all.addEventListener("click", () => {
    const value = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = value;
    tell();
  });
  tell();
}

// --- proposing: only the fields of the chosen route
for (const form of document.querySelectorAll("form[data-routes]")) {
  const parts = [...form.querySelectorAll("[data-for-routes]")];
  const show = () => {
    const route = form.querySelector("input[type=radio]:checked")?.value;
    for (const part of parts) part.hidden = !route || !part.dataset.forRoutes.split(" ").includes(route);
  };
  form.addEventListener("change", show);
  show();
}

// --- template answers go in where the cursor stands; what is still to be written is selected
const places = new Map();
for (const line of (document.querySelector("[data-places]")?.dataset.places ?? "").split("\n")) {
  const [name, value] = line.split("\t");
  if (value) places.set(name, value);
}

function filled(text, form) {
  const unit = form.querySelector("select[name$=-unit]");
  if (unit?.value) places.set("单位", unit.selectedOptions[0].textContent.trim());
  const year = form.querySelector("input[name$=-target_year]")?.value;
  if (year) places.set("年度", year);
  return text.replace(/\{([^{}\s]+)\}/g, (whole, name) => places.get(name) ?? whole);
}

function insert(field, text) {
  const start = field.selectionStart;
  const before = field.value.slice(0, start);
  const words = before && !before.endsWith("\n") ? `\n${text}` : text;
  field.setRangeText(words, start, field.selectionEnd, "end");
  const open = /（写明[^）]*）|\{[^{}]*\}/.exec(words);
  if (open) field.setSelectionRange(start + open.index, start + open.index + open[0].length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

for (const box of document.querySelectorAll("[data-templates]")) {
  const field = document.getElementById(box.dataset.templates);
  const begun = document.getElementById(box.dataset.begun);
  for (const phrase of box.querySelectorAll("[data-phrase]")) {
    const words = phrase.querySelector("[data-words]").textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "wt-phrase";
    button.append(...phrase.childNodes);
    button.addEventListener("click", () => {
      insert(field, filled(words, field.form));
      begun.value = `${begun.value} ${phrase.dataset.phrase}`.trim();
    });
    phrase.append(button);
  }
}

// --- what the machine proposes: one press chooses it in the select; without this script the page comes back with it chosen
let digit = 0;
for (const box of document.querySelectorAll("[data-proposed]")) {
  const select = document.getElementById(box.dataset.proposed);
  const buttons = [...box.querySelectorAll("[data-take]")];
  if (!select || !buttons.length) continue;
  const taken = box.dataset.proposed.endsWith("-topic") && document.getElementById(box.dataset.proposed.replace(/topic$/, "taken"));
  const asked = buttons[0].dataset.ask;
  const show = () => {
    for (const button of buttons) {
      const chosen = select.value === button.dataset.take;
      button.textContent = chosen ? button.dataset.chosen : asked;
      button.disabled = chosen;
    }
  };
  for (const button of buttons) {
    digit += 1;
    button.dataset.key = digit;
    button.setAttribute("aria-keyshortcuts", digit);
    const hint = document.createElement("kbd");
    hint.textContent = digit;
    button.closest("li").prepend(hint);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      select.value = button.dataset.take;
      if (taken) taken.value = button.dataset.take;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      select.focus();
      select.blur(); // the keys go on working
    });
  }
  select.addEventListener("change", show);
  show();
}

// --- where the focus begins: what is wrong, else the title, with what was just done read out after it
if (document.querySelector("[data-work]")) {
  const title = document.querySelector(".wt-head h1");
  const wrong = document.querySelector(".wt-desk [aria-invalid=true], .wt-desk .w-field--error :is(select, textarea, input), .wt-desk .error-message");
  title.tabIndex = -1;
  if (document.getElementById("last-deed")) title.setAttribute("aria-describedby", "last-deed");
  if (wrong) {
    if (!typing(wrong)) wrong.tabIndex = -1;
    go(wrong);
  } else if (location.hash === "#notes") document.getElementById("notes")?.scrollIntoView({ block: "nearest" });
  else if (!document.querySelector("[autofocus]")) title.focus({ preventScroll: true });
}
