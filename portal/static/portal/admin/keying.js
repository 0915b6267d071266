// Keying sheets: Enter goes to the next field, Ctrl+Enter sends, and the cursor stands where typing goes on.
const form = document.querySelector("[data-keying]");
for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;

const fields = () => [...form.elements].filter((field) => field.type !== "hidden" && field.tagName !== "BUTTON" && !field.disabled);

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.tagName !== "TEXTAREA" && event.target.tagName !== "BUTTON") {
    event.preventDefault();
    const all = fields();
    (all[all.indexOf(event.target) + 1] ?? form.querySelector("button")).focus();
  }
});

const faulty = form.querySelector("[aria-invalid=true]");
const serial = form.elements.serial;
(faulty ?? serial).focus();
if (!faulty) serial.select();
