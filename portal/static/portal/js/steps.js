// One question per screen: <form data-steps> with <section data-step="name"> in the order in which they are asked. It
// stays one form, sent once. On a wide screen all of it may stand on one page, as it does without this module.
// Told to others on the form: `beforestep` {from, waitFor(promise)} before going on, `stepchange` after; form.dataset.step
// and form.dataset.layout ("steps" or "page") say where we are. Heard: `stepon` (go on), `stepfix` {field: sentence}.
const WIDE = window.matchMedia("(min-width: 1024px)");
const LAYOUT = "weitai-form-layout";
const PATIENCE = 4000; // milliseconds that going on waits for others
const PHONE = /^(?:86)?1[3-9]\d{9}$/;

function narrowDigits(text) {
  return text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
}

class Steps {
  constructor(form) {
    this.form = form;
    this.sections = [...form.querySelectorAll("[data-step]")];
    this.head = form.querySelector("[data-step-head]");
    this.nav = form.querySelector("[data-step-nav]");
    this.next = form.querySelector("[data-step-next]");
    this.back = form.querySelector("[data-step-back]");
    this.layout = form.querySelector("[data-step-layout]");
    this.send = form.querySelector("[data-step-send] button");
    this.sendWords = this.send.textContent;
    this.layoutWords = this.layout.textContent;
    this.pageTitle = document.title;
    this.intro = document.querySelector("[data-steps-intro]");
    form.noValidate = true; // our own sentences, and no bubble on a screen that is not shown
    this.listen();
    this.open();
  }

  listen() {
    this.next.addEventListener("click", () => this.goOn());
    this.back.addEventListener("click", () => this.goBack());
    this.layout.addEventListener("click", () => this.turn());
    WIDE.addListener(() => this.arrange()); // addEventListener came to these later
    this.form.addEventListener("stepon", () => this.goOn());
    this.form.addEventListener("stepfix", (event) => this.fix(event.detail));
    this.form.addEventListener("draftdiscard", () => this.restart());
    this.form.addEventListener("input", (event) => this.clear(event.target));
    this.form.addEventListener("change", (event) => this.clear(event.target));
    this.form.addEventListener("keydown", (event) => this.enter(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("popstate", (event) => this.come(event.state));
    // Before the shell puts the cursor into the field of an error's link, its screen has to be there.
    document.addEventListener("click", (event) => this.lead(event), true);
    // Back from the receipt: the form in the browser's memory has been sent, a new one has a new key.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  // --- where we are
  get onePage() {
    return this.form.dataset.layout === "page";
  }

  get shown() {
    return this.sections.filter((section) => !("stepOff" in section.dataset));
  }

  get current() {
    return this.named(this.form.dataset.step);
  }

  named(name) {
    return this.sections.find((section) => section.dataset.step === name);
  }

  after(section) {
    return this.shown[this.shown.indexOf(section) + 1];
  }

  before(section) {
    const place = this.sections.indexOf(section);
    return this.shown.filter((one) => this.sections.indexOf(one) < place).pop();
  }

  open() {
    const faulty = this.form.querySelector("[aria-invalid='true'], .field-error");
    const wanted = faulty ? faulty.closest("[data-step]") : this.kept();
    this.form.dataset.step = (wanted || this.sections[0]).dataset.step;
    this.setLayout(this.chosenLayout());
    history.replaceState({ step: this.form.dataset.step }, "", this.address());
  }

  // The screen of the address, else of the draft, but none behind one that is not filled in.
  kept() {
    const name = location.hash.slice(1) || this.form.dataset.keptStep;
    const wanted = this.named(name);
    if (!wanted || "stepOff" in wanted.dataset) return wanted && this.before(wanted);
    const earlier = this.shown.slice(0, this.shown.indexOf(wanted));
    return earlier.find((section) => this.wrong(section).length) || wanted;
  }

  address() {
    const step = this.form.dataset.step;
    const path = location.pathname + location.search;
    return step === this.sections[0].dataset.step || this.onePage ? path : `${path}#${step}`;
  }

  chosenLayout() {
    let chosen = "steps";
    try {
      chosen = localStorage.getItem(LAYOUT) || chosen;
    } catch (error) {
      // no store: screens
    }
    return WIDE.matches ? chosen : "steps";
  }

  setLayout(layout) {
    this.form.dataset.layout = layout;
    this.draw();
  }

  turn() {
    const layout = this.onePage ? "steps" : "page";
    try {
      localStorage.setItem(LAYOUT, layout);
    } catch (error) {
      // chosen for this page alone
    }
    this.setLayout(layout);
    this.layout.focus();
  }

  arrange() {
    if (this.chosenLayout() === this.form.dataset.layout) this.draw();
    else this.setLayout(this.chosenLayout());
  }

  // --- drawing
  draw() {
    const current = this.current;
    const isFirst = current === this.sections[0];
    const isLast = current === this.sections[this.sections.length - 1];
    for (const section of this.sections) {
      section.hidden = this.onePage ? "stepOff" in section.dataset : section !== current;
    }
    this.head.hidden = this.onePage && !WIDE.matches;
    this.head.querySelector(".stepper").hidden = this.onePage;
    this.layout.hidden = !WIDE.matches;
    this.layout.textContent = this.onePage ? this.layout.dataset.textSteps : this.layoutWords;
    this.intro.hidden = !this.onePage && !isFirst;
    this.nav.hidden = this.onePage;
    this.back.hidden = isFirst;
    this.next.hidden = isLast || "stepUncounted" in current.dataset;
    this.next.textContent = this.returning ? this.next.dataset.textReturn : this.next.dataset.textNext;
    this.send.textContent = this.onePage ? this.sendWords : this.send.dataset.textSend;
    this.count(current);
    this.form.dispatchEvent(new CustomEvent("stepchange"));
  }

  count(current) {
    const counted = this.sections.filter((section) => !("stepUncounted" in section.dataset));
    const place = this.sections.indexOf(current);
    const number = counted.filter((section) => this.sections.indexOf(section) <= place).length;
    const text = this.form.dataset.textCount.replace("{n}", number).replace("{total}", counted.length);
    this.head.querySelector("[data-step-count]").textContent = text;
    const marks = this.head.querySelector("ol");
    while (marks.children.length < counted.length) marks.append(document.createElement("li"));
    [...marks.children].forEach((mark, index) => mark.classList.toggle("done", index < number));
    const name = current.querySelector("h2").textContent;
    this.said = `${text}：${name}`;
    document.title = this.onePage ? this.pageTitle : `${name}（${text}） · ${this.pageTitle}`;
  }

  // --- going
  show(section, { push = true } = {}) {
    const from = this.form.dataset.step;
    this.form.dataset.step = section.dataset.step;
    if (push) history.pushState({ step: section.dataset.step, from }, "", this.address());
    this.draw();
    this.head.querySelector("[data-step-say]").textContent = this.said;
    section.querySelector("h2").focus();
    window.scrollTo(0, 0);
  }

  async goOn() {
    const here = this.current;
    const wrong = this.wrong(here);
    if (wrong.length) {
      this.mark(wrong);
      return;
    }
    if (this.busy) return;
    this.busy = true;
    this.next.textContent = this.next.dataset.textWait;
    await this.others(here);
    this.busy = false;
    if (this.current !== here) return; // gone back meanwhile
    const goal = this.returning && here.dataset.step !== "title" ? this.sections[this.sections.length - 1] : this.after(here);
    this.returning = false;
    this.show(goal);
  }

  others(section) {
    const waits = [];
    const detail = { from: section.dataset.step, waitFor: (promise) => waits.push(promise) };
    this.form.dispatchEvent(new CustomEvent("beforestep", { detail }));
    const enough = new Promise((done) => setTimeout(done, waits.length ? PATIENCE : 0));
    return Promise.race([Promise.all(waits).catch(() => null), enough]);
  }

  goBack() {
    const goal = this.before(this.current);
    this.returning = false;
    // The browser's own way back, where it leads to the same screen, keeps the two buttons in step.
    if (history.state && history.state.from === goal.dataset.step) history.back();
    else this.show(goal);
  }

  come(state) {
    const section = this.named((state && state.step) || location.hash.slice(1)) || this.sections[0];
    this.returning = false;
    if (!this.onePage) this.show("stepOff" in section.dataset ? this.before(section) : section, { push: false });
  }

  restart() {
    this.returning = false;
    this.form.querySelectorAll("[aria-invalid]").forEach((field) => this.clear(field));
    if (!this.onePage) this.show(this.sections[0], { push: this.current !== this.sections[0] });
  }

  enter(event) {
    const field = event.target;
    const typesOneLine = field.tagName === "INPUT" && !["submit", "button", "file"].includes(field.type);
    // 229: the key belongs to an input method that is choosing characters.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || !typesOneLine) return;
    if (this.onePage) return;
    event.preventDefault();
    this.goOn();
  }

  lead(event) {
    const way = event.target.closest("[data-step-to]");
    if (way) {
      this.returning = true;
      this.show(this.named(way.dataset.stepTo));
      return;
    }
    const link = event.target.closest("[data-error-summary] a");
    const field = link && document.getElementById(link.hash.slice(1));
    const section = field && field.closest("[data-step]");
    if (!section || this.onePage) return;
    event.preventDefault();
    if (section !== this.current) this.show(section);
  }

  submit(event) {
    if (!this.onePage && this.after(this.current)) {
      event.preventDefault();
      this.goOn();
      return;
    }
    const faulty = this.sections.find((section) => this.wrong(section).length);
    if (faulty) {
      event.preventDefault();
      if (!this.onePage) this.show(faulty);
      this.mark(this.wrong(faulty));
      return;
    }
    this.send.textContent = this.send.dataset.textSending;
  }

  // --- checking: [field, sentence] of what is wrong on a screen
  wrong(section) {
    const fields = [...section.querySelectorAll("input, select, textarea")].filter((field) => !field.disabled);
    return fields.map((field) => [field, this.problem(field)]).filter(([, sentence]) => sentence);
  }

  problem(field) {
    const value = field.value.trim();
    const words = field.dataset;
    if (field.required && !value) return words.required || this.form.dataset.textEmpty;
    if (words.neededUnless && !value) {
      const [other, spared] = words.neededUnless.split("=");
      if (this.form.elements.namedItem(other).value !== spared) return words.required;
    }
    const isPhone = PHONE.test(narrowDigits(value).replace(/\D/g, ""));
    return words.phone && value && !isPhone ? words.phone : "";
  }

  mark(wrong) {
    wrong.forEach(([field, sentence]) => this.tell(field, sentence));
    wrong[0][0].focus();
  }

  tell(field, sentence) {
    this.clear(field);
    const box = field.closest(".field");
    const list = document.createElement("ul");
    list.className = "field-error";
    list.id = `${field.id}_error`;
    const line = list.appendChild(document.createElement("li"));
    line.appendChild(document.createElement("span")).textContent = sentence;
    box.classList.add("field-invalid");
    const before = field.closest(".choices") || field;
    before.before(list);
    field.setAttribute("aria-invalid", "true");
    const described = (field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
    if (!described.includes(list.id)) field.setAttribute("aria-describedby", [...described, list.id].join(" "));
  }

  clear(field) {
    const box = field.closest(".field");
    if (!box || !box.classList.contains("field-invalid")) return;
    box.classList.remove("field-invalid");
    box.querySelectorAll(".field-error").forEach((list) => list.remove());
    box.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  }

  // What only the server knew.
  fix(errors) {
    const names = Object.keys(errors);
    const fields = names.map((name) => [this.form.querySelector(`[data-step] [name="${name}"]`), errors[name]]);
    const known = fields.filter(([field]) => field);
    if (!known.length) return;
    const first = this.sections.find((section) => known.some(([field]) => section.contains(field)));
    this.show(first);
    this.mark(known.filter(([field]) => first.contains(field)));
  }
}

document.querySelectorAll("form[data-steps]").forEach((form) => new Steps(form));
