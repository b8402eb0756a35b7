/* The table's columns, filled as files arrive: codes and names (codes.py), rows shard by shard (shards.py). Behind the table's own
   rows is room for those of the file of first pages (first_pages.py). */
const query = table.dataset.query, rowCount = +table.dataset.rows, shardCount = +table.dataset.shards;
const shardRows = +table.dataset.shardRows, pageRows = +table.dataset.pageRows;
const headRow = table.tHead.rows[0], heads = [...headRow.cells];
const dimensions = heads.filter((head) => head.dataset.dimension).map((head) => ({
  id: head.dataset.dimension, head, title: head.textContent.trim(), codelist: head.dataset.codelist,
  levels: head.dataset.levels.split(" "), levelWords: head.dataset.levelWords.split("|"), nodes: null, rows: null
}));
const measures = heads.filter((head) => head.dataset.measure).map((head) => ({
  id: head.dataset.measure, head, title: head.firstElementChild.textContent, decimals: +head.dataset.decimals,
  lopsided: "lopsided" in head.dataset, own: "own" in head.dataset, big: {}
}));
const byId = {};
dimensions.concat(measures).forEach((column) => { byId[column.id] = column; });
const statuses = {}, codes = {}, names = {}, arrivals = {};
let orders = null;

window.publisherCodes = (from, given) => { if (from === query) { Object.assign(codes, given); } };
window.publisherNames = (codelist, given, called, marks) => {
  names[codelist] = names[codelist] || new Map();
  given.forEach((code, n) => names[codelist].set(code, { name: called[n], language: marks[n] === "e" ? "en" : "" }));
};
window.publisherShard = (from, number, data) => {
  if (from !== query) { return; }
  const start = number === "first" ? rowCount : number * shardRows;
  makeRoom();
  dimensions.forEach((d) => places(data.dims[d.id], d.rows, start));
  measures.forEach((m) => {
    const [rows, lower, upper] = data.ranges[m.id], bounded = new Int32Array(data.status.length);
    places(rows, bounded, 0);
    fields(data.values[m.id], m.values, start, null, m.big, "values");
    fields(lower, m.lower, start, bounded, m.big, "lower");
    fields(upper, m.upper, start, bounded, m.big, "upper");
  });
  statuses[number] = data.status;
  orders = data.orders || orders;
};

/* Puts each field of a column that is a number into its row: the n-th from `start`, or that `at` tells of it. Where a double
   might not hold its digits, these go to `big`. Returns how many fields there are. */
function fields(column, into, start, at, big, name) {
  const end = column.length;
  let value = 0, n = 0, begun = 0;
  for (let i = 0; i <= end; i += 1) {
    const sign = i < end ? column.charCodeAt(i) : 59;
    if (sign === 59) {
      if (i > begun) {
        const row = start + (at ? at[n] : n);
        into[row] = column.charCodeAt(begun) === 45 ? -value : value;
        if (i - begun > 15) { into[row] = big[name + row] = column.slice(begun, i); }
      }
      value = 0;
      begun = i + 1;
      n += 1;
    } else if (sign !== 45) {
      value = 10 * value + sign - 48;
    }
  }
  return n;
}

/* A column of steps: what is added to the one before, nothing where the field is empty. */
function places(column, into, start) {
  const end = start + fields(column, into, start);
  for (let i = start + 1; i < end; i += 1) { into[i] += into[i - 1]; }
}

/* Columns of all rows, and two pages of each order, once the first rows are here. NaN: no number. */
function makeRoom() {
  if (dimensions[0].rows) { return; }
  const room = rowCount + 200 * heads.length;
  dimensions.forEach((d) => { d.rows = new Int32Array(room); });
  measures.forEach((m) => {
    ["values", "lower", "upper"].forEach((name) => { m[name] = new Float64Array(room).fill(NaN); });
  });
}

/* The number's digits; null where it has none. */
function digits(measure, name, row) {
  const value = measure[name][row];
  return value === value ? measure.big[name + row] || String(value) : null;
}

const statusOf = (row) => (row < rowCount ? statuses[Math.floor(row / shardRows)].charAt(row % shardRows) : statuses.first.charAt(row - rowCount));

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

/* Codes and names, and these pieces: numbers of shards, or the file of first pages. */
function filesOf(pieces) {
  const start = table.dataset.shardsAt, language = document.documentElement.lang;
  const named = dimensions.flatMap((d) => d.levels.map((level) => `${table.dataset.names}/${d.codelist}.${level}.${language}.js`));
  return [...new Set([`${start}.codes.js`, ...named, ...pieces.map((n) => `${start}.${n}.js`)])];
}

const here = (pieces) => dimensions[0].nodes && pieces.every((n) => statuses[n] !== undefined);

async function load(pieces) {
  if (here(pieces)) { return; }
  const before = element("status").textContent, loading = tell("loading");
  say(loading);
  await Promise.all(filesOf(pieces).map(arrive));
  if (element("status").textContent === loading && before !== loading) { say(before); }
  dimensions.forEach(knowCodes);
}

/* nodes: {code, name, language: "" for the page's own, level, depth, above, below: [place, ...], text: what words are looked for in, once they are} */
function knowCodes(d) {
  if (d.nodes) { return; }
  const given = codes[d.id], depths = given.counts.flatMap((count, depth) => Array(count).fill(depth));
  d.place = {};
  d.nodes = given.codes.map((code, at) => {
    d.place[code] = at;
    const { name, language } = names[d.codelist].get(code) || {};
    return { code, name, language, depth: depths[at], level: d.levels[depths[at]], above: given.above[at], below: [], text: "" };
  });
  d.tops = [];
  d.nodes.forEach((node, at) => (node.above < 0 ? d.tops : d.nodes[node.above].below).push(at));
  d.total = d.tops.length === 1 && d.nodes[0].code === "_T" ? 0 : -1;
}

const allShards = Array.from({ length: shardCount }, (_, n) => n);

/* What is likely to be wanted soon, but for those who pay for each byte. */
const saves = navigator.connection && navigator.connection.saveData;
const ahead = (pieces) => saves || filesOf(pieces).forEach((src) => arrive(src).catch(() => {}));

const say = (text) => { element("status").textContent = text; };
