/* Why a cell is blank, beside it, when its link has the focus or the pointer is on the cell. Escape takes it away. */
const why = make("div", "why");
why.id = "why";
why.setAttribute("role", "tooltip");
why.hidden = true;
table.closest("section").append(why);

function explain(cell) {
  const range = cell.querySelector(".range"), link = cell.querySelector("a"), box = cell.getBoundingClientRect();
  const isNoise = link.textContent === tell("noisy");
  why.textContent = isNoise ? tell("whyNoisy") : range ? tell("whyRange", { range: rangeOf(range) }) : tell("whyHidden");
  unexplain();
  link.setAttribute("aria-describedby", "why");
  why.hidden = false;
  const room = document.documentElement.clientWidth - why.offsetWidth - 8;
  why.style.left = `${Math.max(8, Math.min(box.right - why.offsetWidth, room))}px`;
  why.style.top = `${box.bottom + scrollY}px`;
}

/* The range's own words, without those around it. */
function rangeOf(range) {
  const [before, after] = WORDS.range.split("{range}");
  return range.textContent.slice(before.length, range.textContent.length - after.length);
}

function unexplain() {
  why.hidden = true;
  table.querySelectorAll("[aria-describedby]").forEach((link) => link.removeAttribute("aria-describedby"));
}

const blank = (target) => target instanceof Element && table.contains(target) ? target.closest("td.hidden") : null;

/* The pointer comes first; where it leaves, what has the focus is explained, unless Escape has taken that away. */
let focused = null;
document.addEventListener("focusin", (event) => {
  focused = blank(event.target);
  if (focused) { explain(focused); } else { unexplain(); }
});
document.addEventListener("pointerover", (event) => {
  const cell = blank(event.target) || (event.target !== why && focused);
  if (cell) { explain(cell); } else if (event.target !== why) { unexplain(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    focused = null;
    unexplain();
  }
});
