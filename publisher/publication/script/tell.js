/* What a chart shows, mark by mark, by pointer and by arrow keys. Areas and tiles have titles of their own. Periods and growth are read from
   the table beside: behind the figure a row a period, newest first; in it a row a code. One frame moves over what is read. */
document.querySelectorAll(".told").forEach((told) => {
  const figure = told.parentNode, svg = figure.querySelector("svg"), frame = svg.querySelector(".frame"),
    marks = [...svg.querySelectorAll(":scope * > title")].map((title) => title.parentNode);
  let at = -1, lit = frame, last = marks.length - 1, wide = 0, table, rows, down, first;
  if (frame) {
    down = +frame.dataset.down || 0;
    first = ["x", "y", "width", "height"].map((name) => +frame.getAttribute(name));
    table = (down ? figure : figure.parentNode.nextElementSibling).querySelector("table");
    rows = table.tBodies[0].rows;
    wide = down ? table.tHead.rows[0].cells.length - 1 : Math.min(rows.length, Math.round(1000 / first[2]) + 1);
    last = (down ? rows.length : 1) * wide - 1;
  }

  function read(n) {
    if (!frame) { return marks[n].firstChild.textContent; }
    const row = rows[down ? Math.floor(n / wide) : last - n].cells, column = n % wide + 1;
    const cells = down ? [row[0].querySelector(".code"), table.tHead.rows[0].cells[column], row[column]] : [row[0], row[1]];
    return cells.map((cell) => cell.textContent.trim() || "\u2013").join(" \u00b7 ");
  }

  function show(n) {
    if (n === at) { return; }
    if (lit) { lit.classList.remove("lit"); }
    at = n;
    lit = frame || marks[n];
    if (frame) {
      frame.setAttribute("x", first[0] + n % wide * first[2]);
      frame.setAttribute("y", first[1] + Math.floor(n / wide) * down);
    }
    lit.classList.add("lit");
    told.textContent = read(n);
  }

  function under(event) {
    if (!frame) { return marks.findIndex((mark) => mark.contains(event.target)); }
    const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(frame.getScreenCTM().inverse());
    const across = Math.floor((spot.x - first[0]) / first[2]), row = down ? Math.floor((spot.y - first[1] + down - first[3]) / down) : 0;
    return across < 0 || across >= wide || row < 0 || row * wide > last ? -1 : row * wide + across;
  }

  if (last >= 0) { svg.tabIndex = 0; }
  ["pointermove", "pointerdown"].forEach((name) => svg.addEventListener(name, (event) => {
    const n = under(event);
    if (n >= 0) { show(n); }
  }));
  svg.addEventListener("keydown", (event) => {
    const step = down ? wide : 0, move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: step, ArrowUp: -step, Home: -at, End: last }[event.key], to = at + move;
    if (!move && !/Home|End/.test(event.key)) { return; }
    event.preventDefault();
    if (at < 0) { show(/Left|End/.test(event.key) ? last : 0); return; }
    show(Math.abs(move) === wide && (to < 0 || to > last) ? at : Math.min(Math.max(to, 0), last));
  });
});
