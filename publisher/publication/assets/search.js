/* Search: publication/README.md. */
(() => {
const $ = (id) => document.getElementById(id), box = $("search");
if (!box) return;
const input = $("search-box"), list = $("search-list"), words = box.dataset, root = words.index.replace(/[^/]*$/, "");
const combo = input.hasAttribute("role");
const names = [], known = new Map();
let index, common, state, active = -1;

const tokens = (text) => (text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").normalize("NFD")
  .replace(/[\u0300-\u036f]/g, "").match(/[\p{L}\p{N}_]+/gu) || []).map((w) => w.length > 3 ? w.replace(/([^s])s$/, "$1") : w);

window.publisherSearch = (given) => {
  const { entries, codes, kinds, places, synonyms } = given;
  common = new Set(tokens(given.common));
  index = entries.map(([name, rank, href, lang]) => ({ name, lang, code: "", rank, kind: kinds[rank][0], links: [["", href]] }));
  for (const [code, name, rank, where, profile, lang] of codes) {
    const links = where.map((n) => places[n]).map(([title, page, column, tongue]) =>
      [title, `${page}#level.${column}=${kinds[rank][1]}&code.${column}=${encodeURIComponent(code)}`, tongue]);
    index.push({ name, lang, code, rank, kind: kinds[rank][0], links: profile ? [["", profile], ...links] : links });
  }
  for (const entry of index) learn(`${entry.code} ${entry.name}`, entry, "");
  for (const [term, code, n, lang] of synonyms) learn(term, index[n], term, lang, code === index[n].code ? "" : ` (${code})`);
};

function learn(text, entry, term, tongue, below) {
  const found = new Set(tokens(text));
  for (const word of found) known.set(word, [...known.get(word) || [], names.length]);
  names.push({ term, tongue, below, entry, size: found.size - (!term && entry.code !== "") });
}

function load() {
  if (state) return;
  state = "loading";
  const onerror = () => { state = ""; say(words.broken); };
  document.head.append(make("script", "", { src: words.index, onload: show, onerror }));
}

/* Slips from a word to another's beginning. */
function slips(word, other) {
  let before, last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= word.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (word[i - 1] !== other[j - 1]));
      if (word[i - 1] === other[j - 2] && word[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return Math.min(...last);
}

/* Word -> cost: 0 it, 1 its beginning, more: slips. 090111 finds 0901. */
function close(word) {
  const found = new Map(), all = [...known.keys()];
  for (const other of all) if (other.startsWith(word)) found.set(other, +(other !== word));
  if (/^\d/.test(word)) return found.size || word.length < 3 ? found : close(word.slice(0, -1));
  const most = word.length < 4 ? 0 : word.length < 6 ? 1 : 2;
  for (const other of most && !found.size ? all : []) {
    const cost = other.length < word.length - most ? 9 : slips(word, other);
    if (cost < 2 || (cost <= most && other[0] === word[0])) found.set(other, 1 + cost + (other.length > word.length + most) / 2);
  }
  return found;
}

const order = (a, b) => b.met - a.met || a.cost - b.cost || a.entry.rank - b.entry.rank ||
  (a.entry.code > b.entry.code) - (a.entry.code < b.entry.code);

function search(text) {
  const hits = new Map(), best = new Map(), all = tokens(text), some = all.filter((w) => !common.has(w));
  const wanted = some.length ? some : all;
  for (const word of wanted) {
    const costs = new Map();
    for (const [other, cost] of close(word)) for (const n of known.get(other)) costs.set(n, Math.min(cost, costs.get(n) ?? 9));
    for (const [n, cost] of costs) {
      const { met = 0, cost: sum = 0 } = hits.get(n) || {};
      hits.set(n, { ...names[n], met: met + 1, cost: sum + cost });
    }
  }
  for (const hit of hits.values()) {
    if (hit.entry.code.toLowerCase() === wanted[0]) hit.cost = -2;
    else if (!hit.cost && hit.met === hit.size) hit.cost = -1;
    const old = best.get(hit.entry);
    if (!old || order(hit, old) < 0) best.set(hit.entry, hit);
  }
  return [...best.values()].sort(order).filter((hit, _, [first]) => hit.met === first.met);
}

const say = (text) => { $("search-status").textContent = text; };
const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);
const speaks = (lang) => (lang ? { lang } : {});
const typed = () => input.value.trim();
const open = (shown) => {
  active = -1;
  input.removeAttribute("aria-activedescendant");
  if (combo) { list.hidden = !shown; input.setAttribute("aria-expanded", shown); }
};
const page = () => `search.html#q=${encodeURIComponent(typed())}`;

function show() {
  const text = typed(), hits = text && index ? search(text) : [];
  if (!combo) history.replaceState(null, "", `#q=${encodeURIComponent(text)}`);
  list.replaceChildren(...hits.slice(0, combo ? 8 : 60).map(line));
  if (combo && hits.length) list.append(option(make("li", words.all), list.children.length, page()));
  open(hits.length > 0);
  say(!text ? "" : !index ? words.loading : hits.length ? words.count.replace("{count}", hits.length) : words.none);
}

function line({ entry: { name, lang, code, kind, links: [first, ...more] }, term, tongue, below }, n) {
  const made = make("li", ""), tag = make("span", [code, kind].filter(Boolean).join(" · "), { className: "code" });
  if (term) tag.append(" · ", make("span", words.term.replace("{term}", term), speaks(tongue)), below);
  made.append(make(combo ? "span" : "a", name, { href: root + first[1], ...speaks(lang) }), " ", tag);
  if (combo) return option(made, n, first[1]);
  if (first[0]) more.unshift(first);
  for (const [text, href, other] of more) made.append(make("br"), make("a", text, { href: root + href, ...speaks(other) }));
  return made;
}

const option = (made, n, href) => Object.assign(made, { id: `search-${n}`, role: "option", ariaSelected: "false", href: root + href });

function choose(n) {
  const lines = list.children;
  for (const one of lines) one.ariaSelected = "false";
  active = (n + lines.length) % lines.length;
  lines[active].ariaSelected = "true";
  input.setAttribute("aria-activedescendant", lines[active].id);
}

function key(event) {
  const to = { ArrowDown: active + 1, ArrowUp: active < 0 ? -1 : active - 1 }[event.key];
  if (to !== undefined && list.children.length) { event.preventDefault(); open(true); choose(to); }
  else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); open(false); }
  else if (event.key === "Enter" && !event.isComposing && typed()) location.href = list.hidden || active < 0 ? root + page() : list.children[active].href;
}

function fromAddress() {
  const q = new URLSearchParams(location.hash.slice(1)).get("q");
  if (q && q !== input.value) { input.value = q; load(); show(); }
}

box.hidden = false;
input.onfocus = load;
input.oninput = () => { load(); show(); };
if (combo) {
  input.onkeydown = key;
  input.onblur = () => open(false);
  list.onmousedown = (event) => event.preventDefault();
  list.onclick = (event) => { location.href = event.target.closest("li").href; };
} else {
  window.onhashchange = fromAddress;
  fromAddress();
}
})();
