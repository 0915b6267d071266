// Keeps what is being typed on the server: <form data-autosave> is sent to its own address with save=1 after a moment of
// quiet, and once more when the page is left. Nothing is checked or published by that. Photos are uploaded by photos.js.
const QUIET = 1500; // milliseconds without typing before a draft is sent
const RETRY = 15000; // milliseconds until the next try after a failure

function attach(form) {
  const status = form.querySelector("[data-save-status]");
  const say = (name) => {
    if (status) status.textContent = status.dataset[name] || "";
  };
  let timer;
  let changed = false;

  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("save", "1");
    return new URLSearchParams(data);
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };

  async function send() {
    if (!changed) return;
    changed = false;
    say("textSaving");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: body(), headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 204) {
        const now = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
        say("textSaved");
        if (status) status.textContent += ` ${now}`;
        return;
      }
      say(answer.status === 409 ? "textClosed" : "textFailed");
      if (answer.status === 409) return;
    } catch {
      say("textFailed");
    }
    changed = true;
    later(RETRY);
  }

  form.addEventListener("input", () => {
    changed = true;
    later(QUIET);
  });
  // A photo that was uploaded or taken out is a change too.
  const photos = form.querySelector("[data-photos-list]");
  if (photos) {
    new MutationObserver(() => {
      changed = true;
      later(QUIET);
    }).observe(photos, { childList: true, subtree: true });
  }
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
  });
  addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(form.getAttribute("action"), body());
  });
}

document.querySelectorAll("form[data-autosave]").forEach(attach);
