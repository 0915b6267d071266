// Keeps what is being typed on this device: <form data-draft="key">. A page marked data-draft-clear="key" forgets it.
// Fields marked data-no-draft, passwords, files and hidden inputs are never kept.
const PREFIX = "weitai-draft:";
const KEEP_DAYS = 14;
const WAIT = 400; // milliseconds of quiet before a draft is written

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key));
    return draft && Date.now() - draft.at < KEEP_DAYS * 86400000 ? draft.values : null;
  } catch {
    return null;
  }
}

function write(key, values) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values }));
    return true;
  } catch {
    return false; // private mode or a full store: the form works on without a draft
  }
}

function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing kept, nothing to forget
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

function collect(form) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "checkbox" || field.type === "radio") {
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
    if (field.type === "checkbox" || field.type === "radio") {
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

function attach(form) {
  const key = form.dataset.draft;
  const status = form.querySelector("[data-draft-status]");
  const words = status ? status.dataset : {};
  const say = (sentence) => {
    if (!status) return;
    const text = status.querySelector("span");
    if (text.textContent !== sentence) text.textContent = sentence;
    status.querySelector("[data-draft-discard]").hidden = !sentence;
  };
  const draft = read(key);
  // A form that came back with errors holds newer text than the draft.
  if (draft && !form.querySelector("[data-error-summary], [aria-invalid='true']") && restore(form, draft)) {
    say(words.textRestored);
  }
  let timer;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    if (write(key, collect(form))) say(words.textSaved);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("submit", save);
  window.addEventListener("pagehide", () => timer && save());
  if (!status) return;
  status.querySelector("[data-draft-discard]").addEventListener("click", () => {
    clearTimeout(timer);
    timer = undefined;
    forget(key);
    form.reset();
    say("");
    status.dispatchEvent(new CustomEvent("draftdiscard", { bubbles: true }));
  });
}

document.querySelectorAll("[data-draft-clear]").forEach((mark) => forget(mark.dataset.draftClear));
document.querySelectorAll("form[data-draft]").forEach(attach);
