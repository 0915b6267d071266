// Keeps what is being typed on the server: a while after the last key, and when the page is left.
// Without this script the same form has a button that does it.
const DELAY = 1200; // milliseconds after the last key

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosave-status]");
  const { autosave, textSaving, textSaved, textFailed } = form.dataset;
  let timer = 0;
  let running = false;
  let dirty = false;

  const say = (text) => {
    if (status) status.textContent = text;
  };

  async function save() {
    if (running || !dirty) return;
    running = true;
    dirty = false;
    say(textSaving);
    try {
      const typed = new FormData(form);
      for (const input of form.querySelectorAll("input[type=file]")) typed.delete(input.name);
      const answer = await fetch(autosave, { method: "POST", body: typed, credentials: "same-origin" });
      const result = await answer.json();
      if (answer.ok) {
        if (result.version) form.elements.version.value = result.version;
        say(textSaved.replace("{time}", result.saved));
      } else {
        say(result.error);
      }
    } catch {
      dirty = true;
      say(textFailed);
      timer = setTimeout(save, 10 * DELAY);
    } finally {
      running = false;
      if (dirty) timer = setTimeout(save, DELAY);
    }
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
}
