// Work in the background: the panel is fetched anew every two seconds; when the work is over the page itself is.
const EVERY = 2000;

async function look() {
  const shown = document.querySelector("[data-working]");
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-working]");
    if (!fresh) {
      window.location.reload();
      return;
    }
    for (const name of ["progress", "[role=status]"]) {
      shown.querySelector(name).replaceWith(document.adoptNode(fresh.querySelector(name)));
    }
  } catch {
    // The line is down; the next look may find it again.
  }
  window.setTimeout(look, EVERY);
}

window.setTimeout(look, EVERY);
