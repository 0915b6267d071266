// One file on its way over a bad line: tus 1.0 in pieces that grow and shrink with the line. Waits while there is no
// network, tries again with growing pauses, and finds by the file's fingerprint what an earlier page had sent.
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
const FIRST = 256 * 1024;
const GOOD_SECONDS = 2; // a piece that took less may be followed by a larger one
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds
const VERSION = "1.0.0";
let opening = Promise.resolve();
const LIVES = 23 * 3600 * 1000; // a little less than on the server

function place(file, kind) {
  return `upload:${kind}:${file.size}:${file.lastModified}:${file.name}`;
}

function remembered(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept && kept.at > Date.now() - LIVES ? kept.url : "";
  } catch (error) {
    return "";
  }
}

function remember(key, url) {
  try {
    if (url) localStorage.setItem(key, JSON.stringify({ url, at: Date.now() }));
    else localStorage.removeItem(key);
  } catch (error) {
    // Storage is off or full: only going on after a reload is lost.
  }
}

export class Resumable {
  // `on`: {progress(sent, total), state("sending" | "waiting" | "paused" | "working"), done(answer), fail(sentence)}
  constructor(file, kind, { url, token, on }) {
    Object.assign(this, { file, kind, base: url, csrf: token, on, offset: 0, piece: FIRST, tries: 0, active: false });
    this.key = place(file, kind);
    this.online = () => this.waiting && this.start();
    addEventListener("online", this.online);
  }

  start() {
    this.active = true;
    this.waiting = false;
    clearTimeout(this.timer);
    this.on.state("sending");
    this.run();
  }

  pause() {
    this.active = false;
    this.waiting = false;
    clearTimeout(this.timer);
    if (this.request) this.request.abort();
    this.on.state("paused");
  }

  // Nothing of it stays here or there.
  remove() {
    this.pause();
    this.close();
    if (this.url) this.ask("DELETE", this.url).catch(() => {});
  }

  close() {
    removeEventListener("online", this.online);
    remember(this.key, "");
  }

  // After all: what was taken away is wanted again.
  reopen() {
    addEventListener("online", this.online);
    remember(this.key, this.url);
  }

  async run() {
    try {
      if (!this.url) await this.open();
      while (this.active && this.offset < this.file.size) await this.sendPiece();
      if (this.active) await this.outcome();
    } catch (error) {
      if (this.active) this.trouble(error);
    }
  }

  async open() {
    const known = remembered(this.key);
    if (known) {
      const answer = await this.ask("HEAD", known);
      if (answer.status < 300) {
        this.url = known;
        this.offset = Number(answer.header("Upload-Offset"));
        this.on.progress(this.offset, this.file.size);
        return;
      }
      remember(this.key, "");
    }
    const headers = { "Upload-Length": String(this.file.size), "Upload-Metadata": `kind ${btoa(this.kind)}` };
    // One after the other: the first may begin the session that the others belong to.
    const answer = await (opening = opening.then(
      () => this.ask("POST", this.base, { headers }),
      () => this.ask("POST", this.base, { headers }),
    ));
    if (answer.status !== 201) throw answer;
    this.url = answer.header("Location");
    remember(this.key, this.url);
  }

  async sendPiece() {
    const begun = Date.now();
    const body = this.file.slice(this.offset, this.offset + this.piece);
    const headers = { "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" };
    const progress = (sent) => this.on.progress(this.offset + sent, this.file.size);
    const answer = await this.ask("PATCH", this.url, { headers, body, progress });
    if (answer.status === 409) {
      const told = await this.ask("HEAD", this.url);
      if (told.status >= 300) throw told;
      this.offset = Number(told.header("Upload-Offset"));
      this.stumbles = (this.stumbles || 0) + 1;
      if (this.stumbles > 5) throw answer;
      return;
    }
    if (answer.status !== 204) throw answer;
    this.offset = Number(answer.header("Upload-Offset"));
    this.tries = 0;
    this.stumbles = 0;
    this.on.progress(this.offset, this.file.size);
    const seconds = (Date.now() - begun) / 1000;
    this.piece = seconds < GOOD_SECONDS ? Math.min(LARGEST, this.piece * 2) : Math.max(SMALLEST, this.piece / 2);
  }

  async outcome() {
    this.on.state("working");
    let answer = await this.ask("GET", this.url);
    if (answer.status < 300 && !answer.body.token && !answer.body.error) {
      // The server stopped between the last byte and the end; an empty piece lets it go on.
      await this.ask("PATCH", this.url, {
        headers: { "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" },
        body: new Blob([]),
      });
      answer = await this.ask("GET", this.url);
    }
    if (answer.status >= 300) throw answer;
    this.active = false;
    if (answer.body.token) this.on.done(answer.body);
    else {
      this.close();
      this.on.fail(answer.body.error || "", false);
    }
  }

  // No answer, or one that may be better later: wait and go on. Everything else is said at once.
  trouble(answer) {
    if (answer && (answer.status === 404 || answer.status === 410) && this.url) {
      remember(this.key, "");
      this.url = "";
      this.offset = 0;
    } else if (answer && answer.status && answer.status < 500) {
      this.active = false;
      this.on.fail((answer.body && answer.body.error) || "", true);
      return;
    } else if (answer && answer.status === 507) {
      this.active = false;
      this.on.fail((answer.body && answer.body.error) || "", true);
      return;
    }
    this.piece = Math.max(SMALLEST, this.piece / 2);
    this.waiting = true;
    this.on.state("waiting");
    this.timer = setTimeout(() => this.waiting && this.relocate(), PAUSES[Math.min(this.tries, PAUSES.length - 1)] * 1000);
    this.tries += 1;
  }

  // What arrived of a piece whose answer was lost, the server knows.
  async relocate() {
    try {
      if (this.url) {
        const answer = await this.ask("HEAD", this.url);
        if (answer.status < 300) this.offset = Number(answer.header("Upload-Offset"));
        else throw answer;
      }
      this.start();
    } catch (error) {
      this.trouble(error);
    }
  }

  // XMLHttpRequest rather than fetch: only it reports how much has been sent. Rejects with null when nothing came back.
  ask(method, url, { headers = {}, body = null, progress = null } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open(method, url);
      request.timeout = 60000;
      request.setRequestHeader("Tus-Resumable", VERSION);
      request.setRequestHeader("X-CSRFToken", this.csrf);
      Object.keys(headers).forEach((name) => request.setRequestHeader(name, headers[name]));
      if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded));
      request.addEventListener("load", () => {
        let told = {};
        try {
          told = JSON.parse(request.responseText || "{}");
        } catch (error) {
          told = {};
        }
        resolve({ status: request.status, body: told, header: (name) => request.getResponseHeader(name) });
      });
      ["error", "timeout", "abort"].forEach((name) => request.addEventListener(name, () => reject(null)));
      request.send(body);
    });
  }
}
