/* Controls, and the address. */
const filterBox = element("filter"), levelBoxes = all("[data-level-of]"), measureBoxes = all("[data-show]"), pivotBox = element("pivot");
let ownHash = null, typing = 0;

/* An anchor of the page is no view. */
function readAddress() {
  const text = location.hash.slice(1);
  if (text && !text.includes("=")) { return false; }
  const words = new URLSearchParams(text), read = (key) => words.get(key) || "";
  view = { ...fresh(), q: read("q"), measures: read("measures"), pivot: read("pivot"), page: Math.max(1, parseInt(read("page"), 10) || 1) };
  dimensions.forEach((d) => {
    if (d.levels.includes(read(`level.${d.id}`))) { view.levels[d.id] = read(`level.${d.id}`); }
    if (read(`code.${d.id}`)) { view.codes[d.id] = read(`code.${d.id}`); }
  });
  if (byId[read("sort").replace(/^-/, "").split(":")[0]]) { view.sort = read("sort"); }
  return true;
}

function writeAddress() {
  const words = new URLSearchParams(), set = (key, value) => { if (value) { words.set(key, value); } };
  ["sort", "q", "measures", "pivot"].forEach((key) => set(key, view[key]));
  dimensions.forEach((d) => {
    set(`level.${d.id}`, view.levels[d.id]);
    set(`code.${d.id}`, view.codes[d.id]);
  });
  set("page", view.page > 1 ? String(view.page) : "");
  const hash = `#${words}`;
  if (hash === location.hash || (hash === "#" && !location.hash)) { return; }
  ownHash = hash === "#" ? "" : hash;
  location.replace(hash);
}

function change(message) {
  writeAddress();
  refresh(message);
}

function showControls(pages) {
  element("periods").hash = location.hash;
  if (plain(filterBox.value).trim() !== view.q) { filterBox.value = view.q; }
  levelBoxes.forEach((box) => { box.value = view.levels[box.dataset.levelOf] || ""; });
  const shown = shownMeasures();
  measureBoxes.forEach((box) => {
    box.checked = shown.includes(byId[box.dataset.show]);
    box.disabled = box.checked && shown.length === 1;
  });
  if (pivotBox) { pivotBox.value = pivotOf() ? view.pivot : ""; }
  showTrees();
  element("pager").hidden = pages < 2;
  element("place").textContent = tell("page", { page: group(view.page, 0), pages: group(pages, 0) });
  element("previous").setAttribute("aria-disabled", String(view.page === 1));
  element("next").setAttribute("aria-disabled", String(view.page === pages));
}

/* A number is sorted largest first, a code in its order first; then the other way; then not at all. */
table.tHead.addEventListener("click", (event) => {
  const button = event.target.closest(".sort");
  if (!button) { return; }
  const id = button.parentNode.dataset.sort, up = id, down = `-${id}`, turns = byId[id] && byId[id].rows !== undefined ? [up, down, ""] : [down, up, ""];
  view.sort = turns[(turns.indexOf(view.sort) + 1) % 3];
  view.page = 1;
  const column = byId[id] ? byId[id].title : button.querySelector(".name").textContent;
  change(tell(!view.sort ? "natural" : view.sort === up ? "ascending" : "descending", { column }));
});

filterBox.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    view.q = plain(filterBox.value).trim();
    view.page = 1;
    change();
  }, 100);
});
levelBoxes.forEach((box) => box.addEventListener("change", () => {
  view.levels[box.dataset.levelOf] = box.value;
  view.page = 1;
  change();
}));
measureBoxes.forEach((box) => box.addEventListener("change", () => {
  const shown = measureBoxes.filter((one) => one.checked).map((one) => one.dataset.show);
  view.measures = shown.length === measures.length ? "" : shown.join();
  if (!shown.includes(view.sort.replace(/^-/, "")) && !(sortedBy() || {}).levels) { view.sort = ""; }
  change();
}));
if (pivotBox) {
  pivotBox.addEventListener("change", () => {
    view = { ...view, pivot: pivotBox.value, sort: "", page: 1 };
    change();
  });
}
element("reset").addEventListener("click", () => {
  view = fresh();
  filterBox.value = "";
  change();
});
element("save").addEventListener("click", save);

[["previous", -1], ["next", 1]].forEach(([id, step]) => element(id).addEventListener("click", (event) => {
  if (event.currentTarget.getAttribute("aria-disabled") === "true") { return; }
  view.page += step;
  change();
  table.scrollIntoView();
}));

window.addEventListener("hashchange", () => {
  if (location.hash === ownHash) { ownHash = null; } else if (readAddress()) { refresh(); }
});

/* Who comes near the head will want a first page; who uses a control that needs all rows, all. */
const comes = (near, kinds, pieces) => kinds.forEach((kind) => near.addEventListener(kind, () => ahead(pieces), { once: true }));
comes(headRow, ["focusin", "pointerover"], ["first"]);
comes(element("tools"), ["focusin", "input"], allShards);

heads.forEach((head) => sortable(head, head.dataset.dimension || head.dataset.measure));
element("tools").hidden = false;
element("no-script").hidden = true;
showControls(Math.max(1, Math.ceil(rowCount / pageRows)));
/* Who comes for some rows is led to them, past the charts of all. */
if (location.hash.includes("=") && readAddress()) {
  element("cells-title").scrollIntoView();
  refresh();
}
