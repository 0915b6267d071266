// Uploads each picked photo at once, so that a lost connection loses one photo and not the form. Without this module
// the file input sends its files with the form.
// Markup: components/photo_field.html. The answer to each upload is JSON {token, thumb}, or {error} with a status >= 400.
function build(tag, attributes = {}, text = "") {
  const element = Object.assign(document.createElement(tag), attributes);
  if (text) element.textContent = text;
  return element;
}

function csrf(form) {
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

class Photos {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.list = input.closest("[data-photos-field]").querySelector("[data-photos-list]");
    this.words = this.list.dataset;
    this.max = Number(this.words.max);
    this.full = build("p", { className: "hint", hidden: true }, this.words.textFull);
    this.full.setAttribute("role", "status");
    this.list.after(this.full);
    this.list.querySelectorAll("[data-photo-done]").forEach((row) => this.adopt(row));
    input.addEventListener("change", () => this.take([...input.files]));
    this.form.addEventListener("draftdiscard", () => this.empty());
    this.form.addEventListener("draftuploads", () => this.bringBack(this.form.keptUploads));
    this.required = input.required;
    this.count();
    if (this.form.keptUploads) this.bringBack(this.form.keptUploads);
  }

  empty() {
    this.list.textContent = "";
    this.count();
  }

  // Uploads of a draft: their tokens stand in the form at once, so that a bad line loses none; the thumbnails follow.
  async bringBack(tokens) {
    if (!tokens.length || !this.words.againUrl) return;
    const rows = tokens.map((token) => this.kept(token));
    this.count();
    const body = new FormData();
    tokens.forEach((token) => body.append(this.words.tokenName, token));
    try {
      const answer = await fetch(this.words.againUrl, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrf(this.form) },
      });
      if (!answer.ok) return;
      const found = new Map((await answer.json()).uploads.map((upload) => [upload.token, upload]));
      rows.forEach((row, number) => this.known(row, found.get(tokens[number])));
      if (found.size < tokens.length) this.list.after(build("p", { className: "hint" }, this.words.textLost));
      this.count();
    } catch {
      // no connection: the form may be sent all the same
    }
  }

  kept(token) {
    const row = build("li");
    row.append(build("span", { className: "no-thumb" }), build("output", {}, this.words.textDone));
    row.append(build("input", { type: "hidden", name: this.words.tokenName, value: token }), this.tools(row));
    this.list.append(row);
    return row;
  }

  known(row, upload) {
    if (!upload) row.remove();
    else if (upload.thumb) row.querySelector(".no-thumb").replaceWith(build("img", { src: upload.thumb, alt: "" }));
  }

  tools(row) {
    const tools = build("span", { className: "row" });
    const remove = build("button", { type: "button", className: "link-button" }, this.words.textRemove);
    remove.addEventListener("click", () => this.remove(row));
    tools.append(remove);
    return tools;
  }

  adopt(row) {
    const remove = row.querySelector("[data-photo-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => this.remove(row));
  }

  count() {
    const full = this.list.children.length >= this.max;
    this.full.hidden = !full;
    this.input.disabled = full;
    this.input.required = this.required && this.list.children.length === 0;
  }

  take(files) {
    for (const file of files.slice(0, this.max - this.list.children.length)) this.upload(file, this.row(file));
    this.input.value = ""; // else the form would send the same files once more
    this.count();
  }

  row(file) {
    const row = build("li");
    const url = URL.createObjectURL(file);
    const image = build("img", { src: url, alt: file.name });
    // A phone's HEIC cannot be shown by every browser; the server's thumbnail replaces it later.
    image.addEventListener("error", () => image.classList.add("no-thumb"), { once: true });
    image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
    row.append(image, build("progress", { max: 100, value: 0 }), build("output", {}, this.words.textUploading));
    row.querySelector("progress").setAttribute("aria-label", `${this.words.textUploading} ${file.name}`);
    row.append(this.tools(row));
    this.list.append(row);
    return row;
  }

  // XMLHttpRequest rather than fetch: only it reports how much has been sent.
  upload(file, row) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    row.request = request;
    request.open("POST", this.words.uploadUrl);
    request.setRequestHeader("X-CSRFToken", csrf(this.form));
    request.responseType = "json";
    request.timeout = 120000;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) row.querySelector("progress").value = (event.loaded * 100) / event.total;
    });
    request.addEventListener("load", () => {
      const answer = request.response || {}; // null when the answer is no JSON
      if (request.status < 300 && answer.token) this.done(row, answer);
      else this.fail(row, file, answer.error);
    });
    request.addEventListener("error", () => this.fail(row, file));
    request.addEventListener("timeout", () => this.fail(row, file));
    request.send(body);
  }

  done(row, answer) {
    row.querySelector("progress").remove();
    row.querySelector("output").textContent = this.words.textDone;
    const image = row.querySelector("img");
    if (answer.thumb) {
      image.classList.remove("no-thumb");
      image.src = answer.thumb;
    }
    row.append(build("input", { type: "hidden", name: this.words.tokenName, value: answer.token }));
  }

  fail(row, file, reason) {
    row.classList.add("is-failed");
    row.querySelector("progress").hidden = true;
    row.querySelector("output").textContent = reason || this.words.textFailed;
    const retry = build("button", { type: "button", className: "link-button" }, this.words.textRetry);
    retry.addEventListener("click", () => {
      retry.remove();
      row.classList.remove("is-failed");
      row.querySelector("progress").hidden = false;
      row.querySelector("progress").value = 0;
      row.querySelector("output").textContent = this.words.textUploading;
      this.upload(file, row);
    });
    row.querySelector(".row").prepend(retry);
  }

  remove(row) {
    if (row.request) row.request.abort();
    row.remove();
    this.count();
    this.input.focus();
  }
}

document.querySelectorAll("input[type=file][data-photos]").forEach((input) => {
  if (input.closest("[data-photos-field]")) new Photos(input);
});
