/* Choosing codes: check boxes, and <details> around what lies below. A chosen code brings all that is below it. */
const trees = all("[data-tree-of]");

function branch(d, places) {
  const list = make("ul");
  list.append(...places.map((at) => {
    const node = d.nodes[at], item = make("li"), label = make("label"), box = make("input");
    box.type = "checkbox";
    box.dataset.at = at;
    label.append(box, nameOf(node), " ", make("span", "code", node.code));
    item.append(label);
    if (node.below.length) { item.append(lower(d, node)); }
    return item;
  }));
  return list;
}

function lower(d, node) {
  const inner = make("details");
  inner.append(make("summary", "", tell("below", { count: group(node.below.length, 0), code: node.code })));
  inner.open = chosenCodes(d).some((code) => isBelow(d, d.nodes[d.place[code]].above, node));
  inner.addEventListener("toggle", () => {
    if (inner.open && inner.children.length < 2) {
      inner.append(branch(d, node.below));
      showTrees();
    }
  });
  return inner;
}

const treeTops = (d) => (d.total < 0 ? d.tops : d.nodes[0].below);

trees.forEach((tree) => {
  const d = byId[tree.dataset.treeOf];
  tree.addEventListener("toggle", async () => {
    if (!tree.open || tree.children.length > 1) { return; }
    try { await load([]); } catch { say(tell("lost")); return; }
    if (tree.children.length > 1) { return; }
    const box = make("div", "branches");
    box.append(branch(d, treeTops(d)));
    tree.append(box);
    showTrees();
  });
  tree.addEventListener("change", (event) => choose(d, +event.target.dataset.at, event.target.checked));
});

/* Is the code at this place that node, or below it? */
const isBelow = (d, place, node) => place >= 0 && (d.nodes[place] === node || isBelow(d, d.nodes[place].above, node));

/* What is chosen already below a code goes with it. */
function choose(d, at, wanted) {
  const left = chosenCodes(d).map((code) => d.place[code]).filter((place) => !isBelow(d, place, d.nodes[at]));
  view.codes[d.id] = (wanted ? [...left, at] : left).sort((a, b) => a - b).map((place) => d.nodes[place].code).join();
  view.page = 1;
  change();
}

function showTrees() {
  trees.forEach((tree) => {
    const d = byId[tree.dataset.treeOf], chosen = d.nodes ? chosenCodes(d) : [];
    tree.firstElementChild.textContent = tell(chosen.length ? "chosen" : "choose", { title: d.title, count: group(chosen.length, 0) });
    const covered = (at) => at >= 0 && (chosen.includes(d.nodes[at].code) || covered(d.nodes[at].above));
    tree.querySelectorAll("input").forEach((box) => {
      box.disabled = covered(d.nodes[+box.dataset.at].above);
      box.checked = covered(+box.dataset.at);
    });
  });
}
