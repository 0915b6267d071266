// Public suggestions that may say the same, before the text is written: <section data-similar="address"> in the form.
// On screens it is one between the title and the text, left out when there are none; on one page it appears while
// somebody types. Without this module, or before it has answered, the page after the button asks once instead.
const place = document.querySelector("[data-similar]");
const WAIT = 900; // milliseconds of quiet before asking
const LEAST = 4; // characters of a title

if (place) {
  const form = place.closest("form");
  const cardsHere = place.querySelector("[data-similar-cards]");
  const title = form.elements.namedItem("title");
  const body = form.elements.namedItem("body");
  const seen = form.elements.namedItem("similar_seen");
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  let timer = 0;
  let asked = "";
  let turn = 0;
  let closed = false;

  const onePage = () => form.dataset.layout === "page";

  const show = (cards) => {
    while (cardsHere.firstChild) cardsHere.firstChild.remove();
    cardsHere.append(...new DOMParser().parseFromString(cards, "text/html").body.childNodes); // nothing in it runs
    if (cards) delete place.dataset.stepOff;
    else place.dataset.stepOff = "";
    if (onePage()) {
      place.hidden = !cards;
      if (cards) seen.value = "1";
    }
  };

  const ask = async () => {
    const text = `${title.value.trim()}\n${body.value.trim()}`;
    if (closed || text === asked || title.value.trim().length < LEAST) return;
    asked = text;
    turn += 1;
    const mine = turn;
    const data = new FormData();
    data.append("title", title.value);
    data.append("body", body.value);
    data.append("csrfmiddlewaretoken", token.value);
    try {
      const response = await fetch(place.dataset.similar, { method: "POST", body: data });
      const cards = response.status === 200 ? await response.text() : "";
      if (mine === turn && !closed && (cards || response.status === 204)) show(cards);
    } catch (error) {
      asked = ""; // no connection: asked again with the next word
    }
  };

  const later = () => {
    clearTimeout(timer);
    if (onePage()) timer = setTimeout(ask, WAIT);
  };

  title.addEventListener("input", later);
  body.addEventListener("input", later);
  form.addEventListener("beforestep", (event) => {
    if (event.detail.from === "title") event.detail.waitFor(ask());
  });
  form.addEventListener("stepchange", () => {
    if (form.dataset.step === "similar") seen.value = "1";
    later();
  });
  form.addEventListener("draftdiscard", () => {
    closed = false;
    asked = "";
    seen.value = "";
    show("");
  });
  place.addEventListener("click", (event) => {
    if (!event.target.closest("[data-similar-close]")) return;
    if (!onePage()) {
      form.dispatchEvent(new CustomEvent("stepon"));
      return;
    }
    closed = true;
    show("");
    (body.value ? form.elements.namedItem("wish") : body).focus();
  });
}
