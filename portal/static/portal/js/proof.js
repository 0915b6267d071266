// Lets the browser prove by work that no script sends the form: <form data-proof hidden>. Where that cannot be done
// (an old browser, no secure connection) the form stays hidden, and the code by SMS beside it is open.
const form = document.querySelector("[data-proof]");
const other = document.querySelector("[data-proof-other]");
const able = window.$altcha && window.customElements && window.crypto && window.crypto.subtle && window.Worker;

if (form && able) {
  const place = form.querySelector("[data-proof-here]");
  const words = place.dataset;
  const send = form.querySelector("button");
  window.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(words.worker));
  window.$altcha.i18n.set(words.language, {
    label: words.textLabel,
    verify: words.textLabel,
    loading: words.textVerifying,
    verifying: words.textVerifying,
    waitAlert: words.textVerifying,
    verified: words.textVerified,
    error: words.textError,
    expired: words.textExpired,
    verificationRequired: words.textVerifying,
  });
  const widget = document.createElement("altcha-widget");
  const options = { challenge: words.challenge, language: words.language, name: "altcha", auto: "onload" };
  Object.keys(options).forEach((name) => widget.setAttribute(name, options[name]));
  widget.setAttribute("configuration", JSON.stringify({ hideLogo: true, hideFooter: true }));
  widget.addEventListener("statechange", (event) => {
    send.disabled = event.detail.state !== "verified";
    if (event.detail.state === "verified") send.focus();
    if (event.detail.state === "error") other.open = true;
  });
  place.append(widget);
  form.hidden = false;
  other.open = Boolean(other.querySelector("[name=sms_check], .field-error"));
}
