// Which paper the slip is printed on; remembered on this machine, since a counter has one printer.
const PAPERS = { roll: "80mm 180mm; margin: 4mm", a6: "105mm 148mm; margin: 8mm", a4: "A4; margin: 20mm" };
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
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const show = () => {
    slip.dataset.paper = boxes.find((box) => box.checked)?.value || "a4";
    sheet.replaceSync(`@page { size: ${PAPERS[slip.dataset.paper]}; }`);
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
