/* From the view to the page. `kept`: what is in view, in order; null: all rows in the table's own order. */
let kept = null, shape = null, pinned = -1, keptFor = "", turn = 0;

async function refresh(message) {
  const mine = turn += 1, last = Math.max(0, Math.min(view.page * pageRows, rowCount) - 1), first = isFirst();
  try {
    await load(first ? ["first"] : isNatural() ? [0, Math.floor(last / shardRows)] : allShards);
  } catch {
    if (mine === turn) { say(tell("lost")); }
    return;
  }
  if (mine !== turn) { return; }
  (first ? open : reckon)();
  show(message);
  if (first) { requestAnimationFrame(() => setTimeout(ahead, 0, allShards)); }
}

/* Only the first page of an order, in the room of all. */
function open() {
  keptFor = "";
  shape = null;
  kept = new Uint32Array(rowCount);
  kept.set(orders[sortedBy().id][+isDown()].split(";").map((at) => rowCount + +at));
  pinned = pinnedRow(kept[0], kept[0] + 1);
}

function reckon() {
  const wanted = JSON.stringify({ ...view, page: 1 });
  if (wanted === keptFor) { return; }
  keptFor = wanted;
  shape = pivotOf() && pivoted();
  pinned = shape ? -1 : pinnedRow(0, isNatural() ? 1 : rowCount);
  kept = shape ? shape.lines : isNatural() ? null : withTotal(chosenRows());
}

/* The pinned row first, if it is one of these, and all others sorted behind it. */
function withTotal(rows) {
  const at = rows.indexOf(pinned);
  if (at < 0) { return sorted(rows); }
  rows.copyWithin(1, 0, at);
  rows[0] = pinned;
  rows.set(sorted(rows.slice(1)), 1);
  return rows;
}

function show(message) {
  const total = kept ? kept.length : rowCount, pages = Math.max(1, Math.ceil(total / pageRows));
  view.page = Math.min(Math.max(1, view.page), pages);
  const first = (view.page - 1) * pageRows, last = Math.min(first + pageRows, total), body = make("tbody");
  const above = shape ? shape.lines[0] : pinned;
  const row = (n) => (kept ? kept[n] : n), isTotal = shape ? (line) => line.isTotal : (one) => one === pinned;
  if (total && (shape ? above.isTotal : above >= 0) && row(first) !== above) { body.append(rowOf(above, true)); }
  for (let n = first; n < last; n += 1) { body.append(rowOf(row(n), isTotal(row(n)))); }
  table.replaceChild(body, table.tBodies[0]);
  showHeads();
  table.style.setProperty("--head", `${table.tHead.offsetHeight}px`);
  showControls(pages);
  const place = total ? tell("place", { first: group(first + 1, 0), last: group(last, 0), total: group(total, 0) }) : tell("none");
  say(message ? `${message} ${place}` : place);
}

function rowOf(line, isTotal) {
  if (!shape) { return rowElement(line, isTotal); }
  const others = dimensions.filter((d) => d !== pivotOf());
  const labels = others.map((d, n) => codeCell(d, d.nodes[d.rows[line.row]], n === 0));
  return lineElement([...labels, ...line.cells.map((row) => numberCell(shownMeasures()[0], row))], isTotal);
}

/* Which heads there are: those of the template, less what is turned to columns or not chosen, and those of the columns. */
function showHeads() {
  const d = pivotOf(), shown = shownMeasures();
  heads.forEach((head) => {
    head.hidden = head.dataset.dimension ? Boolean(d) && d.head === head : Boolean(d) || !shown.some((m) => m.head === head);
  });
  const wanted = d ? shape.columns.map((place) => `${d.id}:${d.nodes[place].code}`) : [], there = [...headRow.cells].slice(heads.length);
  if (wanted.join() !== there.map((head) => head.dataset.sort).join()) {
    there.forEach((head) => head.remove());
    headRow.append(...wanted.map((id, n) => columnHead(id, d.nodes[shape.columns[n]], d)));
  }
  table.parentNode.classList.toggle("wide", "wide" in table.dataset || Boolean(d));
  const told = d && { dimension: d.title, measure: shown[0].head.textContent.trim().replace(/\s+/g, " "), shown: shape.columns.length, total: group(shape.count, 0) };
  element("pivoted").textContent = d ? tell(shape.count > shape.columns.length ? "capped" : "pivoted", told) : "";
  [...headRow.cells].forEach((head) => {
    const sorts = view.sort.replace(/^-/, "") === head.dataset.sort;
    if (sorts) { head.setAttribute("aria-sort", isDown() ? "descending" : "ascending"); } else { head.removeAttribute("aria-sort"); }
  });
}

function columnHead(id, node, d) {
  const head = make("th", "num pivot"), label = make("span");
  head.scope = "col";
  label.append(nameOf(node, "name"), " ", make("span", "code", tag(d, node)));
  head.append(label);
  return sortable(head, id);
}

function sortable(head, id) {
  const button = make("button", "sort");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  head.dataset.sort = id;
  return head;
}
