// The front desk's form by keyboard: only what the channel asks for, Alt+1 to 4 to its parts, Ctrl+Enter to enter it,
// and beside it what was said before in much the same words.
const form = document.querySelector("form[data-record]");
const WAIT = 700; // milliseconds of quiet before asking for similar ones
const LEAST = 4; // characters of a title

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;

const first = (part) => part?.querySelector("select, textarea, input:not([type=hidden])");

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-4]$/.test(event.code)) {
    event.preventDefault();
    first(form.querySelector(`[data-part="${event.code.slice(-1)}"]`))?.focus();
  }
}

// --- only the fields of the chosen channel
const channel = form.elements.namedItem("channel");
const parts = [...form.querySelectorAll("[data-for-channel]")];
const narrow = () => {
  for (const part of parts) part.hidden = part.dataset.forChannel !== channel.value;
};

// --- one press, one entry
let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => {
  sent = false;
});

// --- similar ones
const title = form.elements.namedItem("title");
const body = form.elements.namedItem("body");
const same = form.elements.namedItem("same_as");
const place = form.querySelector("[data-similar-place]");
const chosen = form.querySelector("[data-same]");
const empty = [...place.childNodes];
let timer = 0;
let turn = 0;
let asked = "";

async function ask() {
  const text = `${title.value.trim()}\n${body.value.trim()}`;
  if (text === asked || title.value.trim().length < LEAST) return;
  asked = text;
  turn += 1;
  const mine = turn;
  const data = new FormData();
  for (const name of ["title", "body", "csrfmiddlewaretoken"]) data.append(name, form.elements.namedItem(name).value);
  try {
    const answer = await fetch(form.dataset.similar, { method: "POST", body: data, credentials: "same-origin" });
    if (mine !== turn || !answer.ok) return;
    const cards = answer.status === 200 ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    place.replaceChildren(...(cards ? cards.body.childNodes : empty));
  } catch {
    asked = ""; // no connection: asked again with the next word
  }
}

function choose(number) {
  same.value = number;
  chosen.hidden = !number;
  chosen.querySelector("[data-same-number]").textContent = number;
  form.dispatchEvent(new Event("input", { bubbles: true })); // for the draft
}

for (const field of [title, body]) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
}
form.addEventListener("click", (event) => {
  const card = event.target.closest("[data-same-as]");
  if (card) {
    choose(card.dataset.sameAs);
    chosen.querySelector("button").focus();
  } else if (event.target.closest("[data-same-clear]")) {
    choose("");
    title.focus();
  }
});

channel.addEventListener("change", narrow);
document.addEventListener("keydown", onKey);
narrow();
if (title.value) ask();
// A form that came back begins where something is wrong.
const wrong = form.querySelector("[aria-invalid='true'], .w-field--error input, .w-field--error textarea, .w-field--error select");
(wrong || document.querySelector("[data-twin]") || first(form)).focus();
