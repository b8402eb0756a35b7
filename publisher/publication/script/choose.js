/* The view, all of which stands in the address:
   #sort=-statistical_value&q=coffee&level.commodity=heading&code.commodity=09,10&measures=net_mass&pivot=partner&page=2 */
const fresh = () => ({ sort: "", q: "", levels: {}, codes: {}, measures: "", pivot: "", page: 1 });
let view = fresh();

const chosenCodes = (d) => (view.codes[d.id] || "").split(",").filter((code) => code in d.place);
const shownMeasures = () => {
  const wanted = view.measures.split(","), some = measures.filter((m) => wanted.includes(m.id));
  return some.length ? some : measures;
};
const pivotOf = () => (dimensions.length > 1 && byId[view.pivot] && !byId[view.pivot].head.dataset.measure ? byId[view.pivot] : null);
const isWhole = () => !view.q && !view.pivot && !dimensions.some((d) => view.levels[d.id] || view.codes[d.id]);
const isNatural = () => !view.sort && isWhole();
const sortedBy = () => byId[view.sort.replace(/^-/, "")];
/* The first page of an order of the whole table is in a file of its own: other rows may come behind it. */
const isFirst = () => isWhole() && view.page === 1 && sortedBy() && !here(allShards);
const isDown = () => view.sort.startsWith("-");

/* One number a code: which of the words it holds (bits), or -1 where its level or branch is not wanted. */
function marks(d, words) {
  const level = view.levels[d.id], chosen = chosenCodes(d).map((code) => d.place[code]), within = new Uint8Array(d.nodes.length);
  chosen.forEach((at) => { within[at] = 1; });
  return Int32Array.from(d.nodes, (node, at) => {
    if (node.above >= 0 && within[node.above]) { within[at] = 1; }
    if ((level && node.level !== level) || (chosen.length && !within[at])) { return -1; }
    if (words.length && !node.text) { node.text = plain(`${node.code} ${node.name}`); }
    return words.reduce((bits, word, n) => (node.text.includes(word) ? bits | (1 << n) : bits), 0);
  });
}

/* The rows in view, in the table's order. In a pivot, words are looked for in what stays in rows. */
function chosenRows(columns) {
  const words = plain(view.q).split(/\s+/).filter(Boolean).slice(0, 30), wanted = 2 ** words.length - 1;
  const pivot = pivotOf(), chosen = new Uint32Array(rowCount);
  const mark = dimensions.map((d) => (d === pivot ? Int32Array.from(d.nodes, (_, at) => (columns.includes(at) ? 0 : -1)) : marks(d, words)));
  const rows = dimensions.map((d) => d.rows), width = rows.length;
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    let bits = 0;
    for (let d = 0; d < width && bits >= 0; d += 1) {
      const found = mark[d][rows[d][row]];
      bits = found < 0 ? -1 : bits | found;
    }
    if (bits === wanted) {
      chosen[count] = row;
      count += 1;
    }
  }
  return chosen.subarray(0, count);
}

/* The row of which all others in view are parts: the total, or that of the one code chosen. None (-1) where words or several
   codes choose the rows, because it is the total of something else then. */
function totalPlaces() {
  if (view.q) { return null; }
  const places = dimensions.map((d) => {
    if (d === pivotOf()) { return -2; }
    const chosen = chosenCodes(d);
    return chosen.length === 1 ? d.place[chosen[0]] : chosen.length ? -1 : d.total;
  });
  return places.includes(-1) ? null : places;
}

/* It is looked for from `row` on. */
function pinnedRow(row, end) {
  const places = totalPlaces();
  if (!places) { return -1; }
  for (; row < end; row += 1) {
    if (dimensions.every((d, n) => d.rows[row] === places[n])) { return row; }
  }
  return -1;
}

/* Rows sorted as the view says. */
function sorted(rows) {
  const column = sortedBy();
  if (!column || !rows.length) { return rows; }
  const source = column.rows || column.values, keys = new Float64Array(rows.length);
  for (let n = 0; n < rows.length; n += 1) { keys[n] = source[rows[n]]; }
  return ordered(rows, keys, isDown());
}
