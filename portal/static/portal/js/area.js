// Shows only the townships of the chosen county. Without this module the whole list stands there, grouped by county.
// Loaded after draft.js, which needs the whole list to put back what had been chosen.
const county = document.querySelector("[data-county]");
const township = document.querySelector("[data-township]");
const COUNTY_DIGITS = 6; // a township's code begins with its county's

if (county && township) {
  const field = township.closest(".field");
  const groups = Array.from(township.querySelectorAll("optgroup"));

  const narrow = () => {
    const prefix = county.value.slice(0, COUNTY_DIGITS);
    const chosen = township.value;
    Array.from(township.querySelectorAll("optgroup")).forEach((group) => group.remove());
    const own = groups.filter((group) => prefix && group.querySelector("option").value.startsWith(prefix));
    own.forEach((group) => township.appendChild(group));
    township.value = own.length && chosen.startsWith(prefix) ? chosen : "";
    field.hidden = own.length === 0;
  };

  county.addEventListener("change", narrow);
  county.form.addEventListener("reset", () => setTimeout(narrow)); // the reset comes after the event
  narrow();
}
