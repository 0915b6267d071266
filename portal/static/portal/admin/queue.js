// Keys and small comforts of the office's pages. Everything here can also be done by mouse and by tabbing.
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// --- one suggestion: j and k to its neighbours, a, r, p to what may be done
const ARROWS = { ArrowRight: "j", ArrowLeft: "k" };

function onScreenKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = ARROWS[event.key] ?? event.key;
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.tagName === "SUMMARY") {
    target.parentElement.open = true;
    target.parentElement.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  } else if (target.tagName === "A") {
    target.click();
  } else {
    // A key never sends by itself: it goes to the button, and Enter presses it.
    target.scrollIntoView({ block: "center" });
    target.focus();
  }
}

// --- the queue: j and k along the rows, x ticks, Enter opens
const rows = [...document.querySelectorAll("[data-queue] tbody tr")];
let at = -1;

function moveTo(index) {
  if (!rows.length) return;
  rows[at]?.classList.remove("wt-marked");
  at = Math.max(0, Math.min(rows.length - 1, index));
  rows[at].classList.add("wt-marked");
  rows[at].querySelector("a")?.focus();
}

function onQueueKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j") moveTo(at + 1);
  else if (event.key === "k") moveTo(at - 1);
  else if (event.key === "x" && at >= 0) rows[at].querySelector("input[type=checkbox]")?.click();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", rows.length ? onQueueKey : onScreenKey);

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

// --- proposing: only the fields of the chosen route; a template answer goes into the reason
for (const form of document.querySelectorAll("form[data-routes]")) {
  const parts = [...form.querySelectorAll("[data-for-routes]")];
  const show = () => {
    const route = form.querySelector("input[type=radio]:checked")?.value;
    for (const part of parts) part.hidden = !route || !part.dataset.forRoutes.split(" ").includes(route);
  };
  form.addEventListener("change", show);
  show();
  const reason = form.querySelector("textarea");
  for (const phrase of form.querySelectorAll("[data-phrase]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "wt-phrase";
    button.textContent = phrase.textContent;
    button.addEventListener("click", () => {
      reason.value = reason.value.trim() ? `${reason.value.trim()}\n${phrase.textContent}` : phrase.textContent;
      reason.dispatchEvent(new Event("input", { bubbles: true }));
      reason.focus();
    });
    phrase.replaceChildren(button);
  }
}

// --- what the machine proposes: one press chooses it in the select; without this script the page comes back with it chosen
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
    button.addEventListener("click", (event) => {
      event.preventDefault();
      select.value = button.dataset.take;
      if (taken) taken.value = button.dataset.take;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      select.focus();
    });
  }
  select.addEventListener("change", show);
  show();
}
