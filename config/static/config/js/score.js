// Score sheet for the thumb: a tier first, then a slider that stays inside the tier. Without this module the plain
// number input takes the score; it stays the field that is sent.
function attach(sheet) {
  const number = sheet.querySelector("[data-score-number] input");
  const slide = sheet.querySelector("[data-score-slide]");
  const range = slide.querySelector("input");
  const figure = slide.querySelector("output span");

  const show = (value) => {
    range.value = value;
    number.value = range.value;
    figure.textContent = range.value;
  };

  const choose = (tier, value) => {
    const low = Number(tier.dataset.low);
    const high = Number(tier.dataset.high);
    range.min = low;
    range.max = high;
    slide.hidden = false;
    const wanted = value === undefined ? Math.round((low + high) / 2) : value;
    show(Math.min(Math.max(wanted, low), high));
  };

  sheet.querySelector("[data-score-number]").hidden = true;
  // The hidden number cannot show the browser's own message; the first tier can.
  number.required = false;
  sheet.querySelectorAll("input[type=radio]").forEach((tier) => {
    tier.required = true;
    tier.addEventListener("change", () => {
      const inside = number.value !== "" && +number.value >= +tier.dataset.low && +number.value <= +tier.dataset.high;
      if (tier.checked) choose(tier, inside ? Number(number.value) : undefined);
      sheet.dispatchEvent(new Event("input", { bubbles: true }));
    });
    if (tier.checked) choose(tier, Number(number.value));
  });
  number.addEventListener("change", () => {
    const value = Number(number.value);
    const tier = [...sheet.querySelectorAll("input[type=radio]")].find(
      (one) => number.value !== "" && value >= +one.dataset.low && value <= +one.dataset.high,
    );
    if (!tier) return;
    tier.checked = true;
    choose(tier, value);
  });
  range.addEventListener("input", () => show(range.value));
  slide.querySelectorAll("[data-score-step]").forEach((button) => {
    button.addEventListener("click", () => {
      show(Number(range.value) + Number(button.dataset.scoreStep));
      sheet.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
}

document.querySelectorAll("[data-score]").forEach(attach);
