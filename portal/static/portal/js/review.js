// The last screen of the form: what becomes of what was typed, as the server would publish it. <div data-review="address">
// holds general words until it has answered; when it cannot be asked, the button leads to the same as a page of its own.
const place = document.querySelector("[data-review]");

if (place) {
  const form = place.closest("form");
  const reviewed = form.elements.namedItem("reviewed");
  const general = [...place.childNodes];
  let turn = 0;

  const put = (nodes) => {
    while (place.firstChild) place.firstChild.remove();
    place.append(...nodes);
  };

  // 修改 beside every line leads to the screen where it was typed.
  const withWays = (nodes) => {
    const box = document.createElement("div");
    box.append(...nodes);
    box.querySelectorAll("[data-step-of]").forEach((line) => {
      const way = document.createElement("button");
      way.type = "button";
      way.className = "link-button";
      way.dataset.stepTo = line.dataset.stepOf;
      way.textContent = place.dataset.textEdit;
      const what = line.querySelector("dt");
      if (what) way.setAttribute("aria-label", `${place.dataset.textEdit}${what.textContent}`);
      (line.querySelector("dd") || line).append(" ", way);
    });
    return [...box.childNodes];
  };

  const ask = async () => {
    turn += 1;
    const mine = turn;
    reviewed.value = "";
    const data = new FormData(form);
    [...form.elements].filter((field) => field.type === "file").forEach((field) => data.delete(field.name));
    try {
      const response = await fetch(place.dataset.review, { method: "POST", body: data });
      if (mine !== turn) return;
      if (response.status === 422) {
        const detail = (await response.json()).errors;
        form.dispatchEvent(new CustomEvent("stepfix", { detail }));
      } else if (response.ok) {
        put(withWays([...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes]));
        reviewed.value = "1";
      }
    } catch (error) {
      put(general);
    }
  };

  form.addEventListener("stepchange", () => {
    if (form.dataset.layout === "page") {
      turn += 1;
      reviewed.value = "";
      put(general);
    } else if (form.dataset.step === "review") {
      ask();
    }
  });
}
