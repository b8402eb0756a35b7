/* What is in view as a file: the columns of the whole CSV file, of the measures chosen, and names beside codes. */

/* Text as a field. A spreadsheet would reckon a field that begins like a formula: an apostrophe keeps it text. */
const field = (text) => {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

/* A number as it is in the CSV file: no grouping, a point, all decimals. */
function raw(measure, name, row) {
  const text = digits(measure, name, row), places = measure.decimals;
  if (text === null || !places) { return text || ""; }
  const bare = text.replace("-", "").padStart(places + 1, "0");
  return `${text.startsWith("-") ? "-" : ""}${bare.slice(0, -places)}.${bare.slice(-places)}`;
}

function csvHead(shown) {
  const ends = shown.flatMap((m) => [`${m.id}_lower`, `${m.id}_upper`]), own = shown.filter((m) => m.own);
  return [
    "time_period", ...dimensions.flatMap((d) => [d.id, `${d.id}_name`]), ...dimensions.map((d) => `${d.id}_level`),
    ...shown.map((m) => m.id), ...ends, "obs_status", "conf_status", ...own.flatMap((m) => [`${m.id}_obs_status`, `${m.id}_conf_status`])
  ];
}

function csvRow(shown, row) {
  const nodes = dimensions.map((d) => d.nodes[d.rows[row]]), status = statusOf(row), conf = (one) => ("QU".includes(one) ? "C" : "F");
  const own = shown.filter((m) => m.own).map((m) => (digits(m, "values", row) === null ? "Q" : "A"));
  return [
    table.dataset.period, ...nodes.flatMap((node) => [field(node.code), field(node.name)]), ...nodes.map((node) => node.level),
    ...shown.map((m) => raw(m, "values", row)), ...shown.flatMap((m) => [raw(m, "lower", row), raw(m, "upper", row)]),
    status, conf(status), ...own.flatMap((one) => [one, conf(one)])
  ];
}

/* The rows in view, as rows also where they stand side by side. */
function rowsInView() {
  if (shape) { return shape.lines.flatMap((line) => line.cells.filter((row) => row >= 0)); }
  return kept || Array.from({ length: rowCount }, (_, row) => row);
}

async function save() {
  try { await load(allShards); } catch { say(tell("lost")); return; }
  reckon();
  const rows = rowsInView(), shown = shape ? [shownMeasures()[0]] : shownMeasures(), lines = [csvHead(shown).join()];
  rows.forEach((row) => lines.push(csvRow(shown, row).join()));
  const link = make("a"), address = URL.createObjectURL(new Blob([lines.join("\n"), "\n"], { type: "text/csv" }));
  link.href = address;
  link.download = `${query}-${table.dataset.period}-view.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  say(tell("saved", { total: group(rows.length, 0), name: link.download }));
}
