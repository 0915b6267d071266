// Elder mode without losing what has been typed: the form works by itself, this only spares the reload.
const form = document.querySelector("[data-elder-form]");

const toggle = async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  const turnOn = button.value === "1";
  const body = new URLSearchParams({ on: button.value, next: "/" });
  try {
    const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (response.type !== "opaqueredirect" && !response.ok) throw new Error(String(response.status));
  } catch {
    // submit() leaves the button's value out, so it is sent along by hand
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "on", value: button.value }));
    form.submit();
    return;
  }
  document.documentElement.classList.toggle("elder", turnOn);
  button.value = turnOn ? "0" : "1";
  button.querySelector("span").textContent = turnOn ? form.dataset.labelOn : form.dataset.labelOff;
  document.dispatchEvent(new CustomEvent("elderchange", { detail: turnOn }));
};

if (form) form.addEventListener("submit", toggle);

// After a failed form the list of what is wrong is read out and shown first.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// Links of the error summary lead to a field; the browser scrolls, this puts the cursor there too.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) field.focus();
});
