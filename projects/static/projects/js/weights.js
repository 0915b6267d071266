// The running total of the steps' weights. Without this module the total is the one of the last save.
const FULL = 100;
const total = document.querySelector("[data-weight-total]");

function count() {
  const rows = [...document.querySelectorAll("[data-weight]")];
  const kept = rows.filter((row) => !row.closest("fieldset").querySelector("input[name$='-DELETE']:checked"));
  const sum = kept.reduce((all, row) => all + (parseInt(row.value, 10) || 0), 0);
  const words = total.dataset;
  const text = sum === FULL ? words.textExact : sum < FULL ? words.textLess : words.textMore;
  total.textContent = text.replace("{total}", sum).replace("{rest}", Math.abs(FULL - sum));
}

if (total) {
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-weight], input[name$='-DELETE']")) count();
  });
  count();
}
