/* Rows as parts.html and display.py print them (tested: the same words and classes). */

/* 1234567 -> "1,234,567": a whole number of 1/10**places, as digits, exactly. */
function group(whole, places) {
  const text = String(whole), bare = text.replace("-", "").padStart(places + 1, "0");
  const head = bare.slice(0, bare.length - places).replace(/\B(?=(\d{3})+$)/g, WORDS.comma);
  return (text.startsWith("-") ? "\u2212" : "") + head + (places ? WORDS.point + bare.slice(-places) : "");
}

function rangeWords(measure, row) {
  const lower = digits(measure, "lower", row), upper = digits(measure, "upper", row), places = measure.decimals;
  if (upper !== null) { return tell("between", { lower: group(lower || 0, places), upper: group(upper, places) }); }
  return +lower > 0 ? tell("least", { lower: group(lower, places) }) : "";
}

function lineElement(rowCells, isTotal) {
  const made = make("tr", isTotal ? "pinned" : "");
  made.append(...rowCells);
  return made;
}

const rowElement = (row, isTotal) => lineElement(
  [...dimensions.map((d, n) => codeCell(d, d.nodes[d.rows[row]], n === 0)), ...shownMeasures().map((m) => numberCell(m, row))], isTotal
);

function codeCell(d, node, isHead) {
  const cell = make(isHead ? "th" : "td", `code-cell${node.depth ? "" : " total"}`);
  if (isHead) { cell.scope = "row"; }
  cell.append(nameOf(node, "name"), " ", make("span", "code", tag(d, node)));
  return cell;
}

/* A name, marked where it is not in the page's language. */
function nameOf(node, className) {
  const made = make("span", className, node.name);
  if (node.language) { made.lang = node.language; }
  return made;
}

function tag(d, node) {
  const level = d.levelWords[node.depth];
  return node.code === "_T" ? level : `${node.code} · ${level}`;
}

function numberCell(measure, row) {
  if (row < 0) { return make("td", "num absent", absentIsZero ? "0" : tell("absent")); }
  const value = digits(measure, "values", row), places = measure.decimals, range = rangeWords(measure, row);
  if (value === null) {
    const hidden = make("td", "num hidden"), link = make("a", "", tell(statusOf(row) === "U" ? "noisy" : "hidden"));
    link.href = table.dataset.explain;
    hidden.append(link);
    if (range) { hidden.append(make("span", "range", tell("range", { range }))); }
    return hidden;
  }
  const lower = digits(measure, "lower", row), upper = digits(measure, "upper", row), text = group(value, places);
  if (lower === null || upper === null) { return make("td", "num", text); }
  const cell = make("td", "num noisy", text);
  if (!measure.lopsided) {
    const below = BigInt(value) - BigInt(lower), above = BigInt(upper) - BigInt(value);
    cell.append(" ", make("span", "margin", tell("margin", { margin: group(below > above ? below : above, places) })));
  }
  cell.append(make("span", "range", tell("interval", { range })));
  return cell;
}
