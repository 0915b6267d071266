// Keeps what is being typed on this device: <form data-draft="key">. A page marked data-draft-clear="key" forgets it.
// Kept are the values, the screen that was open (form.dataset.step) and the hidden inputs named by data-draft-uploads,
// which stand for files that are uploaded already. Fields marked data-draft-tab are kept for this tab alone.
// Fields marked data-no-draft, passwords, files and other hidden inputs are never kept.
const PREFIX = "weitai-draft:";
const KEEP_DAYS = 7;
const WAIT = 400; // milliseconds of quiet before a draft is written

function read(store, key) {
  try {
    const draft = JSON.parse(store().getItem(PREFIX + key));
    if (draft && Date.now() - draft.at < KEEP_DAYS * 86400000) return draft;
    store().removeItem(PREFIX + key);
  } catch {
    // no store here, or not ours
  }
  return null;
}

function write(store, key, draft) {
  try {
    store().setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false; // private mode or a full store: the form works on without a draft
  }
}

// Looked up when needed: a browser that forbids them throws already at the name.
const device = () => localStorage;
const tab = () => sessionStorage;

function forget(key) {
  for (const store of [device, tab]) {
    try {
      store().removeItem(PREFIX + key);
    } catch {
      // nothing kept, nothing to forget
    }
  }
}

function fields(form) {
  return [...form.elements].filter(
    (field) =>
      field.name &&
      !field.closest("[data-no-draft]") &&
      !["hidden", "password", "file", "submit", "button", "reset"].includes(field.type) &&
      field.tagName !== "FIELDSET" &&
      field.tagName !== "OUTPUT",
  );
}

const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

function collect(some) {
  const values = {};
  for (const field of some) {
    if (isChoice(field)) {
      values[field.name] = values[field.name] || [];
      if (field.checked) values[field.name].push(field.value);
    } else if (field.value) {
      values[field.name] = field.value;
    }
  }
  return values;
}

function restore(form, values) {
  const changed = [];
  for (const field of fields(form)) {
    const kept = values[field.name];
    if (kept === undefined) continue;
    if (isChoice(field)) {
      const checked = kept.includes(field.value);
      if (field.checked !== checked) changed.push(field);
      field.checked = checked;
    } else if (field.value !== kept) {
      field.value = kept;
      changed.push(field);
    }
  }
  // Told only when all of them stand, since one field's listener may look at another.
  for (const field of changed) field.dispatchEvent(new Event("change", { bubbles: true }));
  return changed.length > 0;
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.draft;
    this.status = form.querySelector("[data-draft-status]");
    this.bringBack();
    form.addEventListener("input", () => this.later());
    form.addEventListener("stepchange", () => this.hasContent() && this.save({ quietly: true }));
    form.addEventListener("submit", () => this.save());
    window.addEventListener("pagehide", () => this.timer && this.save());
    const list = form.dataset.draftUploads && form.querySelector("[data-photos-list]");
    const watch = () => new MutationObserver(() => this.uploaded()).observe(list, { childList: true, subtree: true });
    if (list) setTimeout(watch); // once the draft's own uploads are back
    if (!this.status) return;
    this.button("discard").addEventListener("click", () => this.discard());
    this.button("undo").addEventListener("click", () => this.undo());
  }

  button(name) {
    return this.status.querySelector(`[data-draft-${name}]`);
  }

  say(word) {
    if (!this.status) return;
    const sentence = this.status.dataset[`text${word}`] || "";
    const text = this.status.querySelector("span");
    if (text.textContent !== sentence) text.textContent = sentence;
    this.status.classList.toggle("is-restored", word === "Restored");
    this.button("discard").hidden = !["Saved", "Restored"].includes(word);
    this.button("undo").hidden = word !== "Cleared";
  }

  bringBack() {
    const kept = read(device, this.key);
    const here = read(tab, this.key);
    // A form that came back from the server holds newer text than the draft.
    const isBack = "draftBound" in this.form.dataset;
    if ((!kept && !here) || isBack || this.form.querySelector("[data-error-summary], [aria-invalid='true']")) return;
    this.put(Object.assign({ values: {} }, kept), here ? here.values : {});
  }

  // Uploads are brought back by whoever shows them: photos.js reads `keptUploads`, or hears of it later.
  put(kept, own) {
    const isChanged = restore(this.form, Object.assign({}, kept.values, own));
    const uploads = kept.uploads || [];
    this.form.keptUploads = uploads;
    this.lastUploads = uploads.join();
    if (uploads.length) this.form.dispatchEvent(new CustomEvent("draftuploads"));
    if (kept.step) this.form.dataset.keptStep = kept.step;
    if (isChanged || uploads.length) this.say("Restored");
  }

  taken() {
    const every = fields(this.form);
    const own = every.filter((field) => "draftTab" in field.dataset);
    const name = this.form.dataset.draftUploads;
    const inputs = name ? this.form.querySelectorAll(`input[type=hidden][name="${name}"]`) : [];
    return {
      values: collect(every.filter((field) => !own.includes(field))),
      own: collect(own),
      uploads: [...inputs].map((input) => input.value),
      step: this.form.dataset.step,
    };
  }

  // Only what changes the tokens is news; thumbnails that come in are not.
  uploaded() {
    const now = this.taken().uploads.join();
    if (now === this.lastUploads) return;
    this.lastUploads = now;
    this.later();
  }

  hasContent() {
    return Boolean(this.timer || read(device, this.key) || read(tab, this.key));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  // `quietly`: the sentence that stands there stays.
  save({ quietly = false } = {}) {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { values, own, uploads, step } = this.taken();
    const at = Date.now();
    if (Object.keys(own).length) write(tab, this.key, { at, values: own });
    if (write(device, this.key, { at, values, uploads, step }) && !quietly) this.say("Saved");
  }

  discard() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = this.taken();
    forget(this.key);
    this.form.reset();
    if ("draftBound" in this.form.dataset) this.blank();
    this.status.dispatchEvent(new CustomEvent("draftdiscard", { bubbles: true }));
    // What the list of uploads and the screens do about it is no new draft.
    setTimeout(() => {
      clearTimeout(this.timer);
      this.timer = undefined;
      forget(this.key);
      this.say("Cleared");
      this.button("undo").focus();
    });
  }

  // `reset` goes back to what the server sent, which here is what was typed.
  blank() {
    for (const field of fields(this.form)) {
      if (!isChoice(field)) field.value = "";
    }
  }

  undo() {
    this.put(this.last, this.last.own);
    this.save();
    this.button("discard").focus();
  }
}

document.querySelectorAll("[data-draft-clear]").forEach((mark) => forget(mark.dataset.draftClear));
document.querySelectorAll("form[data-draft]").forEach((form) => new Draft(form));
