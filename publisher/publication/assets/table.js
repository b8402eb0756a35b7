/* Sorting, filtering and paging of a table page. Without this script the page shows the table's first rows and
   links to all of them; with it, rows come from shards tables/<query>.<n>.js (see publication/shards.py).
   The view lives in the address: #sort=-statistical_value&q=coffee&level.commodity=heading&page=2 */
(function () {
  "use strict";
  var table = document.getElementById("cells");
  if (!table) { return; }

  var PAGE_ROWS = 100;
  var query = table.dataset.query;
  var rowCount = Number(table.dataset.rows);
  var shardCount = Number(table.dataset.shards);
  var shardRows = Number(table.dataset.shardRows);
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var dimensions = heads.filter(function (th) { return th.dataset.dimension; }).map(function (th) {
    return { id: th.dataset.dimension, head: th, title: th.textContent.trim(), levels: th.dataset.levels.split(" ") };
  });
  var measures = heads.filter(function (th) { return th.dataset.measure; }).map(function (th) {
    return { id: th.dataset.measure, head: th, title: th.firstChild.textContent.trim(), decimals: Number(th.dataset.decimals),
      lopsided: "lopsided" in th.dataset };
  });
  var byId = {};
  dimensions.concat(measures).forEach(function (column) { byId[column.id] = column; });

  /* Rows, by column. Filled shard by shard. */
  dimensions.forEach(function (d) { d.codes = []; d.rows = new Int32Array(rowCount); });
  measures.forEach(function (m) {
    m.values = new Array(rowCount); m.lower = new Array(rowCount); m.upper = new Array(rowCount);
  });
  var statuses = new Array(shardCount);
  var waiting = {};
  var view = { sort: "", q: "", levels: {}, page: 1 };
  var kept = null;  /* indexes of the rows in view, in order; null: all, in the table's own order */
  var keptFor = "";

  var element = function (id) { return document.getElementById(id); };
  var filterBox = element("filter"), statusLine = element("status"), pager = element("pager");
  var selects = Array.prototype.slice.call(document.querySelectorAll("select[data-level-of]"));

  /* ---- loading ---- */

  window.publisherShard = function (from, number, data) {
    if (from !== query) { return; }
    var start = number * shardRows;
    dimensions.forEach(function (d) {
      data.codes[d.id].forEach(function (entry) {
        d.codes[entry[0]] = { code: entry[1], name: entry[2], level: entry[3], text: plain(entry[1] + " " + entry[2]) };
      });
      d.rows.set(data.dims[d.id], start);
    });
    measures.forEach(function (m) {
      data.values[m.id].forEach(function (value, row) { m.values[start + row] = value; });
      var range = data.ranges[m.id];
      range[0].forEach(function (row, n) { m.lower[start + row] = range[1][n]; m.upper[start + row] = range[2][n]; });
    });
    statuses[number] = data.status;
  };

  function load(numbers, done) {
    var missing = numbers.filter(function (n) { return statuses[n] === undefined; });
    var left = missing.length;
    if (!left) { done(); return; }
    say("Loading rows …");
    missing.forEach(function (number) {
      if (!waiting[number]) {
        waiting[number] = [];
        var script = document.createElement("script");
        script.src = query + "." + number + ".js";
        script.onload = script.onerror = function () {
          var calls = waiting[number];
          delete waiting[number];
          script.remove();
          calls.forEach(function (call) { call(statuses[number] !== undefined); });
        };
        document.head.appendChild(script);
      }
      waiting[number].push(function (arrived) {
        if (!arrived) { left = NaN; say("Some rows could not be loaded. The CSV file has all of them."); return; }
        left -= 1;
        if (left === 0) { done(); }
      });
    });
  }

  function allShards() {
    var numbers = [];
    for (var n = 0; n < shardCount; n += 1) { numbers.push(n); }
    return numbers;
  }

  /* A code is named in the first shard that uses it, so a page needs every shard before its own, too. */
  function shardsOfPage() {
    return allShards().slice(0, Math.floor(Math.max(0, Math.min(view.page * PAGE_ROWS, rowCount) - 1) / shardRows) + 1);
  }

  /* ---- choosing and ordering rows ---- */

  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }

  /* For each dimension, one number a code: which of the words it holds (bits), or -1 where its level is not wanted. */
  function marks(words) {
    return dimensions.map(function (d) {
      var wanted = view.levels[d.id];
      return d.codes.map(function (code) {
        if (wanted && code.level !== wanted) { return -1; }
        return words.reduce(function (bits, word, n) { return code.text.indexOf(word) >= 0 ? bits | (1 << n) : bits; }, 0);
      });
    });
  }

  function chosenRows() {
    var words = plain(view.q).split(/\s+/).filter(Boolean).slice(0, 30);
    var all = (1 << words.length) - 1, mark = marks(words), chosen = [];
    for (var row = 0; row < rowCount; row += 1) {
      var bits = 0;
      for (var d = 0; d < dimensions.length; d += 1) {
        var found = mark[d][dimensions[d].rows[row]];
        if (found < 0) { bits = -1; break; }
        bits |= found;
      }
      if (bits >= 0 && bits === all) { chosen.push(row); }
    }
    return chosen;
  }

  /* Hidden cells come last in both directions: their place must not look like a size. */
  function order(rows) {
    var column = byId[view.sort.replace(/^-/, "")], sign = view.sort.charAt(0) === "-" ? -1 : 1;
    if (!column) { return rows; }
    var source = column.rows || column.values, key = new Float64Array(rowCount);
    rows.forEach(function (row) { key[row] = source[row] === null ? NaN : sign * Number(source[row]); });
    return rows.sort(function (a, b) {
      var x = key[a], y = key[b];
      if (x < y) { return -1; }
      if (x > y) { return 1; }
      if (x === y) { return a - b; }
      return (x !== x) - (y !== y) || a - b;
    });
  }

  function refresh(message) {
    var levels = dimensions.map(function (d) { return view.levels[d.id] || ""; }).join(" ");
    var wanted = [view.sort, view.q, levels].join("\n");
    var natural = !view.sort && !view.q && !levels.trim();
    load(natural ? shardsOfPage() : allShards(), function () {
      if (natural) { kept = null; } else if (wanted !== keptFor || !kept) { kept = order(chosenRows()); }
      keptFor = wanted;
      show(message);
    });
  }

  /* ---- showing ---- */

  function show(message) {
    var total = kept ? kept.length : rowCount;
    var pages = Math.max(1, Math.ceil(total / PAGE_ROWS));
    view.page = Math.min(Math.max(1, view.page), pages);
    var first = (view.page - 1) * PAGE_ROWS, last = Math.min(first + PAGE_ROWS, total);
    var body = document.createElement("tbody");
    for (var n = first; n < last; n += 1) { body.appendChild(rowElement(kept ? kept[n] : n)); }
    table.replaceChild(body, table.tBodies[0]);
    showControls(pages);
    var place = total ? "Rows " + group(first + 1, 0) + " to " + group(last, 0) + " of " + group(total, 0) + "." : "No row fits. Try fewer words or another level.";
    say(message ? message + " " + place : place);
  }

  function showControls(pages) {
    filterBox.value = view.q === plain(filterBox.value).trim() ? filterBox.value : view.q;
    selects.forEach(function (select) { select.value = view.levels[select.dataset.levelOf] || ""; });
    heads.forEach(function (head) {
      var id = head.dataset.dimension || head.dataset.measure;
      if (view.sort.replace(/^-/, "") === id) {
        head.setAttribute("aria-sort", view.sort.charAt(0) === "-" ? "descending" : "ascending");
      } else { head.removeAttribute("aria-sort"); }
    });
    pager.hidden = pages < 2;
    element("place").textContent = "Page " + group(view.page, 0) + " of " + group(pages, 0);
    element("previous").setAttribute("aria-disabled", String(view.page === 1));
    element("next").setAttribute("aria-disabled", String(view.page === pages));
  }

  function make(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function rowElement(row) {
    var made = document.createElement("tr");
    dimensions.forEach(function (d, n) { made.appendChild(codeCell(d, d.codes[d.rows[row]], n === 0)); });
    measures.forEach(function (m) { made.appendChild(numberCell(m, row)); });
    return made;
  }

  function codeCell(dimension, code, isHead) {
    var cell = make(isHead ? "th" : "td", "code-cell" + (code.level === dimension.levels[0] ? " total" : ""));
    var level = code.level.replace(/_/g, " ");
    if (isHead) { cell.scope = "row"; }
    cell.appendChild(make("span", "name", code.name));
    cell.append(" ");
    cell.appendChild(make("span", "code", code.code === "_T" ? level : code.code + " · " + level));
    return cell;
  }

  function numberCell(measure, row) {
    var value = measure.values[row], lower = measure.lower[row], upper = measure.upper[row], places = measure.decimals;
    var range = rangeWords(lower, upper, places), cell;
    if (value === null) {
      cell = make("td", "num hidden");
      var link = make("a", "", statuses[Math.floor(row / shardRows)].charAt(row % shardRows) === "U" ? "too noisy to show" : "not shown");
      link.href = table.dataset.explain;
      cell.appendChild(link);
      if (range) { cell.appendChild(make("span", "range", "range " + range)); }
      return cell;
    }
    if (!known(lower) || !known(upper)) { return make("td", "num", group(value, places)); }
    cell = make("td", "num noisy", group(value, places) + (measure.lopsided ? "" : " "));
    var below = BigInt(value) - BigInt(lower), above = BigInt(upper) - BigInt(value);
    if (!measure.lopsided) { cell.appendChild(make("span", "margin", "± " + group(below > above ? below : above, places))); }
    cell.appendChild(make("span", "range", "95 %: " + range));
    return cell;
  }

  function known(bound) { return bound !== null && bound !== undefined; }

  function rangeWords(lower, upper, places) {
    if (known(upper)) { return group(known(lower) ? lower : 0, places) + " to " + group(upper, places); }
    return known(lower) && Number(lower) > 0 ? "at least " + group(lower, places) : "";
  }

  /* 1234567 -> "1,234,567": a whole number of 1/10**places, exactly. */
  function group(whole, places) {
    var text = String(whole), sign = "";
    if (text.charAt(0) === "-") { sign = "\u2212"; text = text.slice(1); }
    text = text.padStart(places + 1, "0");
    var head = text.slice(0, text.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
    return sign + head + (places ? "." + text.slice(-places) : "");
  }

  function say(text) { statusLine.textContent = text; }

  /* ---- the view in the address ---- */

  function readAddress() {
    var text = location.hash.slice(1);
    if (text && text.indexOf("=") < 0) { return false; }  /* an anchor of the page, not a view */
    var words = new URLSearchParams(text), levels = {};
    dimensions.forEach(function (d) {
      var level = words.get("level." + d.id);
      if (level && d.levels.indexOf(level) >= 0) { levels[d.id] = level; }
    });
    var sort = words.get("sort") || "";
    view = {
      sort: byId[sort.replace(/^-/, "")] ? sort : "", q: words.get("q") || "", levels: levels,
      page: Math.max(1, parseInt(words.get("page"), 10) || 1)
    };
    return true;
  }

  function writeAddress() {
    var words = new URLSearchParams();
    if (view.sort) { words.set("sort", view.sort); }
    if (view.q) { words.set("q", view.q); }
    Object.keys(view.levels).forEach(function (id) { if (view.levels[id]) { words.set("level." + id, view.levels[id]); } });
    if (view.page > 1) { words.set("page", String(view.page)); }
    var hash = "#" + words.toString();
    if (hash !== location.hash && (hash !== "#" || location.hash)) { ownHash = hash === "#" ? "" : hash; location.replace(hash); }
  }
  var ownHash = null;

  function change(message) { writeAddress(); refresh(message); }

  /* ---- controls ---- */

  heads.forEach(function (head) {
    var id = head.dataset.dimension || head.dataset.measure, button = make("button", "sort");
    var largestFirst = Boolean(head.dataset.measure);
    button.type = "button";
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener("click", function () {
      var turns = largestFirst ? ["-" + id, id, ""] : [id, "-" + id, ""];
      view.sort = turns[(turns.indexOf(view.sort) + 1) % 3];
      view.page = 1;
      change(view.sort ? "Sorted by " + byId[id].title + (view.sort.charAt(0) === "-" ? ", descending." : ", ascending.") : "In the table's own order.");
    });
  });

  var typing = 0;
  filterBox.addEventListener("input", function () {
    clearTimeout(typing);
    typing = setTimeout(function () { view.q = plain(filterBox.value).trim(); view.page = 1; change(); }, 200);
  });
  selects.forEach(function (select) {
    select.addEventListener("change", function () {
      view.levels[select.dataset.levelOf] = select.value;
      view.page = 1;
      change();
    });
  });
  element("reset").addEventListener("click", function () {
    view = { sort: "", q: "", levels: {}, page: 1 };
    filterBox.value = "";
    change();
  });

  function turn(step) {
    return function (event) {
      if (event.currentTarget.getAttribute("aria-disabled") === "true") { return; }
      view.page += step;
      change();
      table.scrollIntoView();
    };
  }
  element("previous").addEventListener("click", turn(-1));
  element("next").addEventListener("click", turn(1));

  window.addEventListener("hashchange", function () {
    if (location.hash === ownHash) { ownHash = null; return; }
    if (readAddress()) { refresh(); }
  });

  element("tools").hidden = false;
  element("no-script").hidden = true;
  showControls(Math.max(1, Math.ceil(rowCount / PAGE_ROWS)));
  if (location.hash.indexOf("=") > 0 && readAddress()) { refresh(); }
}());
