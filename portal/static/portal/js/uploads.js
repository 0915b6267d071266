// The upload field: every picked or recorded file goes up at once, each in a row of its own, while the person goes on.
// Markup: portal/_upload_field.html. Without this module the inputs send their files with the form.
import { Resumable } from "./resumable.js";
import { Recorder } from "./recorder.js";

const UNDO_SECONDS = 8;
const PHOTOS = 9;

function build(tag, attributes = {}, text = "") {
  const element = Object.assign(document.createElement(tag), attributes);
  if (text) element.textContent = text;
  return element;
}

function megabytes(bytes) {
  return bytes < 100 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

class Row {
  constructor(field, file, kind) {
    Object.assign(this, { field, file, kind, words: field.words });
    this.element = build("li");
    this.element.dataset.kind = kind;
    this.preview();
    this.bar = build("progress", { max: 100, value: 0 });
    this.bar.setAttribute("aria-label", `${this.words.textSending} ${file.name}`);
    this.output = build("output", {}, this.words.textSending);
    this.tools = build("span", { className: "row" });
    this.element.append(this.bar, this.output, this.tools);
    this.button("remove", () => this.remove());
    field.list.append(this.element);
    this.upload = new Resumable(file, kind, {
      url: field.words.url, token: field.token(),
      on: { progress: (sent, all) => this.progress(sent, all), state: (name) => this.state(name),
            done: (answer) => this.done(answer), fail: (sentence, again) => this.fail(sentence, again) },
    });
    this.upload.start();
  }

  preview() {
    const url = URL.createObjectURL(this.file);
    if (this.kind === "photo") {
      this.image = build("img", { src: url, alt: this.file.name });
      // A phone's HEIC cannot be shown by every browser; the server's thumbnail replaces it later.
      this.image.addEventListener("error", () => this.image.classList.add("no-thumb"), { once: true });
      this.image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
      this.element.append(this.image);
    } else if (this.kind === "voice") {
      this.element.append(build("audio", { src: url, controls: true, preload: "metadata" }));
    }
    if (this.kind !== "photo") this.element.append(build("span", { className: "upload-name" }, this.file.name));
  }

  button(name, act) {
    const button = build("button", { type: "button", className: "link-button" }, this.words[`text${name[0].toUpperCase()}${name.slice(1)}`]);
    button.addEventListener("click", act);
    if (name === "remove") this.tools.append(button);
    else this.tools.prepend(button);
    return button;
  }

  progress(sent, all) {
    const percent = Math.floor((sent * 100) / all);
    this.bar.value = percent;
    this.told = `${percent} % · ${megabytes(sent)} / ${megabytes(all)}`;
    if (this.current === "sending") this.output.textContent = this.told;
  }

  state(name) {
    this.current = name;
    const words = { sending: this.told || this.words.textSending, waiting: this.words.textWaiting,
                    paused: this.words.textPaused, working: this.words.textWorking };
    this.output.textContent = words[name];
    if (this.toggle) this.toggle.remove();
    if (name === "sending" || name === "waiting") this.toggle = this.button("pause", () => this.upload.pause());
    else if (name === "paused") this.toggle = this.button("goOn", () => this.upload.start());
    this.field.changed();
  }

  done(answer) {
    this.current = "done";
    if (this.toggle) this.toggle.remove();
    this.bar.remove();
    this.output.textContent = this.words.textDone;
    if (this.image && answer.thumb) {
      this.image.classList.remove("no-thumb");
      this.image.src = answer.thumb;
    }
    this.hidden = build("input", { type: "hidden", name: "photo_tokens", value: answer.token });
    this.element.append(this.hidden);
    this.field.changed();
  }

  fail(sentence, again) {
    this.current = "failed";
    this.element.classList.add("is-failed");
    this.bar.hidden = true;
    this.output.textContent = sentence || this.words.textFailed;
    if (this.toggle) this.toggle.remove();
    if (again) {
      this.toggle = this.button("retry", () => {
        this.element.classList.remove("is-failed");
        this.bar.hidden = false;
        this.upload.start();
      });
    }
    this.field.changed();
  }

  // For some seconds it can be taken back; then it goes here and on the server.
  remove() {
    const was = this.current;
    if (this.upload.active || this.upload.waiting) this.upload.pause();
    if (this.hidden) this.hidden.remove();
    this.upload.close();
    this.current = "removed";
    const rest = [...this.element.children];
    rest.forEach((part) => (part.hidden = true));
    const note = build("span", { className: "row" }, this.words.textRemoved);
    const undo = build("button", { type: "button", className: "link-button" }, this.words.textUndo);
    note.append(undo);
    this.element.append(note);
    const timer = setTimeout(() => this.forget(), UNDO_SECONDS * 1000);
    undo.addEventListener("click", () => {
      clearTimeout(timer);
      note.remove();
      rest.forEach((part) => (part.hidden = false));
      if (this.hidden) this.element.append(this.hidden);
      this.upload.reopen();
      if (was === "done" || was === "failed") this.current = was;
      else this.upload.start();
      this.field.changed();
    });
    this.field.changed();
    undo.focus();
  }

  forget() {
    this.upload.remove();
    this.element.remove();
    this.field.rows.delete(this);
    this.field.changed();
  }
}

class Field {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    this.list = element.querySelector("[data-list]");
    this.form = element.closest("form");
    this.waitBox = element.querySelector("[data-wait]");
    this.rows = new Set();
    this.inputs = [...element.querySelectorAll("input[type=file]")];
    this.full = build("p", { className: "hint", hidden: true }, this.words.textFull);
    this.full.setAttribute("role", "status");
    this.list.after(this.full);
    this.inputs.forEach((input) => input.addEventListener("change", () => this.take(input)));
    this.list.querySelectorAll("[data-done]").forEach((row) => this.adopt(row));
    this.form.addEventListener("submit", (event) => this.hold(event), true);
    this.form.addEventListener("draftdiscard", () => this.empty());
    this.form.addEventListener("draftuploads", () => this.restore(this.form.keptUploads));
    const recorder = element.querySelector("[data-recorder]");
    if (recorder) new Recorder(recorder, (file) => this.add(file, "voice"), this.words.textSilent);
    if (this.form.keptUploads) this.restore(this.form.keptUploads);
    this.recall();
    this.changed();
  }

  // A draft that was cleared can come back; what is finished stays on the server for that.
  empty() {
    [...this.rows].forEach((row) => (row.hidden ? this.rows.delete(row) : row.forget()));
    this.list.textContent = "";
    this.changed();
  }

  // Uploads of a draft: their tokens stand in the form at once, so that a bad line loses none; the thumbnails follow.
  async restore(tokens) {
    if (!tokens.length) return;
    const rows = tokens.map((token) => this.known({ token, kind: "photo" }, ""));
    const body = new FormData();
    tokens.forEach((token) => body.append("photo_tokens", token));
    try {
      const answer = await fetch(this.words.againUrl, { method: "POST", body, headers: { "X-CSRFToken": this.token() } });
      if (!answer.ok) return;
      const found = new Map((await answer.json()).uploads.map((upload) => [upload.token, upload]));
      rows.forEach((row, number) => this.dress(row, found.get(tokens[number])));
      if (found.size < tokens.length) this.list.after(build("p", { className: "hint" }, this.words.textLost));
      this.changed();
    } catch (error) {
      return; // no connection: the form may be sent all the same
    }
  }

  dress(row, upload) {
    if (!upload) {
      row.remove();
      return;
    }
    row.dataset.kind = upload.kind;
    if (upload.thumb) row.prepend(build("img", { src: upload.thumb, alt: "" }));
  }

  // A row of a file that is on the server already.
  known(upload, key) {
    const row = build("li");
    row.dataset.kind = upload.kind;
    const tools = build("span", { className: "row" });
    const remove = build("button", { type: "button", className: "link-button" }, this.words.textRemove);
    remove.addEventListener("click", () => {
      if (key) localStorage.removeItem(key);
      row.remove();
      this.changed();
    });
    tools.append(remove);
    const output = build("output", {}, this.words.textDone);
    row.append(output, build("input", { type: "hidden", name: "photo_tokens", value: upload.token }), tools);
    this.list.append(row);
    this.changed();
    return row;
  }

  token() {
    const field = this.form.querySelector("[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  kindOf(input) {
    return input.dataset.kind || "photo";
  }

  count(kind) {
    const removed = [...this.rows].filter((row) => row.kind === kind && (row.current === "removed" || row.current === "failed"));
    return this.list.querySelectorAll(`li[data-kind="${kind}"]`).length - removed.length;
  }

  most(input) {
    return Number(input.dataset.max || PHOTOS);
  }

  take(input) {
    const kind = this.kindOf(input);
    const files = [...input.files].slice(0, Math.max(0, this.most(input) - this.count(kind)));
    input.value = ""; // else the form would send the same files once more
    files.forEach((file) => this.add(file, kind));
  }

  add(file, kind) {
    this.rows.add(new Row(this, file, kind));
    this.changed();
  }

  adopt(row) {
    const remove = row.querySelector("[data-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => {
      row.remove();
      this.changed();
    });
  }

  changed() {
    let full = false;
    this.inputs.forEach((input) => {
      input.disabled = this.count(this.kindOf(input)) >= this.most(input);
      full = full || input.disabled;
    });
    this.full.hidden = !full;
    if (this.pressed && !this.unfinished().length) this.send();
  }

  unfinished() {
    return [...this.rows].filter((row) => ["sending", "waiting", "working"].includes(row.current));
  }

  // Pressing the button while something is on its way asks once; the person decides.
  hold(event) {
    if (this.letGo || !this.unfinished().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.button = event.submitter || this.form.querySelector("button:not([type=button])");
    const wait = build("button", { type: "button", className: "btn btn-small" }, this.words.textWait);
    const now = build("button", { type: "button", className: "btn btn-small btn-plain" }, this.words.textNow);
    wait.addEventListener("click", () => {
      this.pressed = true;
      this.waitBox.textContent = this.words.textWorking;
      this.changed();
    });
    now.addEventListener("click", () => this.send());
    this.waitBox.textContent = "";
    const tools = build("div", { className: "actions" });
    tools.append(wait, now);
    this.waitBox.append(build("p", {}, this.words.textUnfinished), build("p", { className: "hint" }, this.words.textLater), tools);
    this.button.parentElement.before(this.waitBox); // the button may be on another screen than the files
    this.waitBox.hidden = false;
    wait.focus();
  }

  send() {
    this.letGo = true;
    this.pressed = false;
    this.waitBox.hidden = true;
    this.button.click();
    this.letGo = false;
  }

  // What an earlier page had uploaded: finished files come back, others wait to be picked again.
  recall() {
    const names = [];
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter((key) => key.startsWith("upload:"));
    } catch (error) {
      return;
    }
    keys.forEach((key) => this.recallOne(key, names));
  }

  async recallOne(key, names) {
    const [, kind, , , ...name] = key.split(":");
    try {
      const answer = await fetch(JSON.parse(localStorage.getItem(key)).url, { headers: { "Tus-Resumable": "1.0.0" } });
      const told = answer.ok ? await answer.json() : { error: "gone" };
      if (told.error) localStorage.removeItem(key);
      else if (told.token) this.bringBack(key, kind, told);
      else {
        names.push(`${name.join(":")}（${Math.floor((told.offset * 100) / told.size)} %）`);
        const hint = this.element.querySelector("[data-again]");
        hint.textContent = this.words.textAgain + names.join("、");
        hint.hidden = false;
      }
    } catch (error) {
      return; // no network: the next page asks again
    }
  }

  bringBack(key, kind, told) {
    const number = (token) => token.split("-")[0];
    const known = [...this.list.querySelectorAll("input[name=photo_tokens]")].map((input) => number(input.value));
    if (!known.includes(number(told.token))) this.dress(this.known({ token: told.token, kind }, key), told);
  }
}

document.querySelectorAll("[data-uploads]").forEach((element) => new Field(element));
