/* What a mark of a chart says, by pointer and by arrow keys. Without it the words are in the table. */
document.querySelectorAll(".told").forEach((told) => {
  const svg = told.parentNode.querySelector("svg"), marks = [...svg.querySelectorAll(":scope * > title")].map((title) => title.parentNode);
  let lit = null;

  function show(mark) {
    if (lit) { lit.classList.remove("lit"); }
    lit = mark;
    mark.classList.add("lit");
    told.textContent = mark.firstChild.textContent;
  }

  if (marks.length) { svg.tabIndex = 0; }
  svg.addEventListener("pointerover", (event) => {
    const mark = marks.find((one) => one.contains(event.target));
    if (mark) { show(mark); }
  });
  svg.addEventListener("keydown", (event) => {
    const last = marks.length - 1, at = marks.indexOf(lit), next = { ArrowRight: at + 1, ArrowLeft: at < 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (next === undefined) { return; }
    event.preventDefault();
    show(marks[Math.min(Math.max(next, 0), last)]);
  });
});
