// While a suggestion is typed, shows public ones that may say the same: <div data-similar="address" hidden> in its form.
// Without this module, or before it has answered, the page after the button asks once instead.
const place = document.querySelector("[data-similar]");
const WAIT = 900; // milliseconds of quiet before asking
const LEAST = 4; // characters of a title

if (place) {
  const form = place.closest("form");
  const title = form.elements.namedItem("title");
  const body = form.elements.namedItem("body");
  const seen = form.elements.namedItem("similar_seen");
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  let timer = 0;
  let asked = "";
  let turn = 0;
  let closed = false;

  const show = (cards) => {
    while (place.firstChild) place.firstChild.remove();
    place.append(...new DOMParser().parseFromString(cards, "text/html").body.childNodes); // nothing in it runs
    place.hidden = !cards;
    if (cards) seen.value = "1";
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
    timer = setTimeout(ask, WAIT);
  };

  title.addEventListener("input", later);
  body.addEventListener("input", later);
  title.addEventListener("change", later);
  place.addEventListener("click", (event) => {
    if (!event.target.closest("[data-similar-close]")) return;
    closed = true;
    show("");
    (body.value ? form.elements.namedItem("wish") : body).focus();
  });
  if (title.value) later();
}
