// A name and a phone that were just shown do not stay on the screen of somebody who has walked away.

const shown = document.querySelector("[data-hide-after]");
if (shown) {
  const end = Date.now() + Number(shown.dataset.hideAfter) * 1000;
  const left = shown.querySelector("[data-left]");
  const timer = setInterval(() => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    if (seconds > 0) {
      left.textContent = String(seconds);
      return;
    }
    clearInterval(timer);
    location.replace(shown.dataset.then);
  }, 1000);
}
