// Reads the main text aloud in elder mode, where the device can speak.
const button = document.querySelector("[data-read-aloud]");
const speech = window.speechSynthesis;
const SKIP = "nav, form, button, svg, script, details:not([open]), .vh, [hidden], [aria-hidden='true']";
let queue = [];

function sentences() {
  const main = document.querySelector("main");
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(SKIP) || !node.data.trim() ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const blocks = new Map();
  while (walker.nextNode()) {
    const block = walker.currentNode.parentElement.closest("h1,h2,h3,h4,p,li,dt,dd,td,th,caption,figcaption,legend,div");
    blocks.set(block, (blocks.get(block) || "") + walker.currentNode.data.trim() + " ");
  }
  // Long utterances are cut off by some engines, so the text goes in sentence by sentence.
  return [...blocks.values()].flatMap((text) => text.match(/[^。！？；]+[。！？；]?/g) || []);
}

function show(reading) {
  button.querySelector("span").textContent = reading ? button.dataset.labelStop : button.dataset.labelStart;
  button.setAttribute("aria-pressed", String(reading));
}

function next() {
  const text = queue.shift();
  if (text === undefined) return show(false);
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = "zh-CN";
  utterance.rate = 0.9;
  utterance.onend = next;
  utterance.onerror = stop;
  speech.speak(utterance);
}

function stop() {
  queue = [];
  speech.cancel();
  show(false);
}

function toggle() {
  if (button.getAttribute("aria-pressed") === "true") return stop();
  queue = sentences();
  show(true);
  next();
}

if (button && speech) {
  const root = document.documentElement;
  button.hidden = !root.classList.contains("elder");
  button.addEventListener("click", toggle);
  document.addEventListener("elderchange", (event) => {
    button.hidden = !event.detail;
    if (!event.detail) stop();
  });
  window.addEventListener("pagehide", () => speech.cancel());
}
