/* The table's columns, filled as files arrive: codes and names (codes.py), rows shard by shard (shards.py). */
const query = table.dataset.query, rowCount = +table.dataset.rows, shardCount = +table.dataset.shards;
const shardRows = +table.dataset.shardRows, pageRows = +table.dataset.pageRows;
const headRow = table.tHead.rows[0], heads = [...headRow.cells];
const dimensions = heads.filter((head) => head.dataset.dimension).map((head) => ({
  id: head.dataset.dimension, head, title: head.textContent.trim(), codelist: head.dataset.codelist,
  levels: head.dataset.levels.split(" "), levelWords: head.dataset.levelWords.split("|"), nodes: null, rows: null
}));
const measures = heads.filter((head) => head.dataset.measure).map((head) => ({
  id: head.dataset.measure, head, title: head.firstChild.textContent.trim(), decimals: +head.dataset.decimals,
  lopsided: "lopsided" in head.dataset, own: "own" in head.dataset, big: {}
}));
const byId = {};
dimensions.concat(measures).forEach((column) => { byId[column.id] = column; });
const statuses = [], codes = {}, names = {}, arrivals = {};

window.publisherCodes = (from, given) => { if (from === query) { Object.assign(codes, given); } };
window.publisherNames = (codelist, given) => { names[codelist] = Object.assign(names[codelist] || {}, given); };
window.publisherShard = (from, number, data) => {
  if (from !== query) { return; }
  const start = number * shardRows;
  makeRoom();
  dimensions.forEach((d) => d.rows.set(data.dims[d.id], start));
  measures.forEach((m) => {
    const given = data.values[m.id];
    for (let row = 0; row < given.length; row += 1) { put(m, "values", start + row, given[row]); }
    const [rows, lower, upper] = data.ranges[m.id];
    rows.forEach((row, n) => {
      put(m, "lower", start + row, lower[n]);
      put(m, "upper", start + row, upper[n]);
    });
  });
  statuses[number] = data.status;
};

/* Columns of all rows, once the first shard is here. NaN: no number. */
function makeRoom() {
  if (dimensions[0].rows) { return; }
  dimensions.forEach((d) => { d.rows = new Int32Array(rowCount); });
  measures.forEach((m) => {
    ["values", "lower", "upper"].forEach((name) => { m[name] = new Float64Array(rowCount).fill(NaN); });
  });
}

/* A number above 2**53 comes as text: its digits are kept beside the nearest double. */
function put(measure, name, row, value) {
  if (value === null) { return; }
  measure[name][row] = value;
  if (typeof value === "string") { measure.big[name + row] = value; }
}

/* The number's digits; null where it has none. */
function digits(measure, name, row) {
  const value = measure[name][row];
  return value === value ? measure.big[name + row] || String(value) : null;
}

const statusOf = (row) => statuses[Math.floor(row / shardRows)].charAt(row % shardRows);

function arrive(src) {
  arrivals[src] = arrivals[src] || new Promise((done, failed) => {
    const script = make("script");
    script.src = src;
    script.onload = () => { script.remove(); done(); };
    script.onerror = () => { script.remove(); delete arrivals[src]; failed(new Error(src)); };
    document.head.appendChild(script);
  });
  return arrivals[src];
}

/* Codes and names, and the shards with these numbers. */
function filesOf(numbers) {
  const start = table.dataset.shardsAt + query, language = document.documentElement.lang;
  const named = dimensions.flatMap((d) => d.levels.map((level) => `${table.dataset.names}${d.codelist}.${level}.${language}.js`));
  return [...new Set([`${start}.codes.js`, ...named, ...numbers.map((n) => `${start}.${n}.js`)])];
}

async function load(numbers) {
  const wanted = filesOf(numbers);
  if (dimensions[0].nodes && numbers.every((n) => statuses[n] !== undefined)) { return; }
  const before = element("status").textContent, loading = tell("loading");
  say(loading);
  await Promise.all(wanted.map(arrive));
  if (element("status").textContent === loading && before !== loading) { say(before); }
  dimensions.forEach(knowCodes);
}

/* nodes: {code, name, level, depth, above, below: [place, ...], text} */
function knowCodes(d) {
  if (d.nodes) { return; }
  const given = codes[d.id], depths = given.counts.flatMap((count, depth) => Array(count).fill(depth));
  d.place = {};
  d.nodes = given.codes.map((code, at) => {
    const name = names[d.codelist][code];
    d.place[code] = at;
    return { code, name, depth: depths[at], level: d.levels[depths[at]], above: given.above[at], below: [], text: plain(`${code} ${name}`) };
  });
  d.tops = [];
  d.nodes.forEach((node, at) => (node.above < 0 ? d.tops : d.nodes[node.above].below).push(at));
  d.total = d.tops.length === 1 && d.nodes[0].code === "_T" ? 0 : -1;
}

const allShards = () => Array.from({ length: shardCount }, (_, n) => n);
const say = (text) => { element("status").textContent = text; };
