// Which paper the slip is printed on; remembered on this machine, since a counter has one printer.
const KEY = "weitai-slip-paper";
const choice = document.querySelector("[data-papers]");
const slip = document.querySelector("[data-slip]");

if (choice && slip) {
  const boxes = [...choice.querySelectorAll("input")];
  let kept = "";
  try {
    kept = localStorage.getItem(KEY) || "";
  } catch {
    // not kept: A4
  }
  const show = () => {
    slip.dataset.paper = boxes.find((box) => box.checked)?.value || "a4";
  };
  for (const box of boxes) if (box.value === kept) box.checked = true;
  choice.addEventListener("change", () => {
    show();
    try {
      localStorage.setItem(KEY, slip.dataset.paper);
    } catch {
      // the next slip asks again
    }
  });
  choice.hidden = false;
  show();
}
