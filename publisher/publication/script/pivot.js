/* One dimension side by side, for one measure. Which columns there are is decided by codes, never by numbers. */
const MOST_COLUMNS = 12, absentIsZero = table.dataset.absent === "zero";

/* Places of the codes that become columns: those chosen, else those of the level, else the total and what is directly below it. */
function pivotColumns(d) {
  const chosen = chosenCodes(d).map((code) => d.place[code]);
  if (view.levels[d.id]) {
    const mark = marks(d, []);
    return d.nodes.map((_, at) => at).filter((at) => mark[at] >= 0);
  }
  if (chosen.length) { return chosen.sort((a, b) => a - b); }
  return d.total < 0 ? d.tops : [0, ...d.nodes[0].below];
}

/* -> {columns: [place], count of all possible columns, lines: [{row: one of its rows, cells: [row | -1]}] sorted, first the total} */
function pivoted() {
  const d = pivotOf(), possible = pivotColumns(d), columns = possible.slice(0, MOST_COLUMNS), lines = new Map();
  const others = dimensions.filter((one) => one !== d), at = new Map(columns.map((place, n) => [place, n]));
  chosenRows(columns).forEach((row) => {
    const key = others.reduce((sum, one) => sum * one.nodes.length + one.rows[row], 0);
    if (!lines.has(key)) { lines.set(key, { key, row, cells: Array(columns.length).fill(-1) }); }
    lines.get(key).cells[at.get(d.rows[row])] = row;
  });
  return { columns, count: possible.length, lines: sortedLines([...lines.values()], d, columns) };
}

function sortedLines(lines, d, columns) {
  const places = totalPlaces(), [id, code] = view.sort.replace(/^-/, "").split(":"), measure = shownMeasures()[0];
  const column = id === d.id ? columns.indexOf(d.place[code]) : -1, other = byId[id] && byId[id].rows && id !== d.id ? byId[id] : null;
  const value = (line) => (line.cells[column] < 0 ? (absentIsZero ? 0 : NaN) : measure.values[line.cells[column]]);
  const keys = lines.map(column >= 0 ? value : other ? (line) => other.rows[line.row] : (line) => line.key);
  const order = ordered(Uint32Array.from(lines, (_, n) => n), Float64Array.from(keys), (column >= 0 || other) && isDown());
  const isTotal = (line) => places && dimensions.every((one, n) => places[n] === -2 || one.rows[line.row] === places[n]);
  const all = Array.from(order, (n) => lines[n]), total = all.find(isTotal);
  if (!total) { return all; }
  total.isTotal = true;
  return [total, ...all.filter((line) => line !== total)];
}
