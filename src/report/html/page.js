(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var texts = data.texts, documents = data.documents, rows = data.rows;
  var SEVERITY = ["info", "low", "medium", "high", "critical"], CONFIDENCE = ["possible", "likely", "certain"];
  var PAGE = 100;
  // Of a row: document, severity, identifier, letter, place, values, people, records, confidence, probability,
  // protection, subject, record, line, reason, evidence, linked, hint, picture, disposition, id.
  var DOC = 0, SEV = 1, IDENT = 2, LETTER = 3, PLACE = 4, VALUES = 5, PEOPLE = 6, RECORDS = 7, CONF = 8, PROB = 9, PROT = 10,
    SUBJECT = 11, RECORD = 12, LINE = 13, REASON = 14, EVIDENCE = 15, LINKED = 16, HINT = 17, PICTURE = 18, DISPOSITION = 19, ID = 20;
  // Of a document: path, root, class, format, readers, mode, owner, modified.
  var PATH = 0, ROOT = 1, CLASS = 2, FORMAT = 3, READERS = 4, MODE = 5, OWNER = 6, MODIFIED = 7;
  var doc = function (r) { return documents[r[DOC]]; };
  var VALUE = {
    severity: function (r) { return r[SEV]; },
    identifier: function (r) { return texts[r[IDENT]]; },
    place: function (r) { return texts[r[PLACE]]; },
    document: function (r) { return doc(r)[PATH]; },
    values: function (r) { return r[VALUES]; },
    people: function (r) { return r[PEOPLE]; },
    protection: function (r) { return texts[r[PROT]]; },
    readers: function (r) { return texts[doc(r)[READERS]]; },
    root: function (r) { return texts[doc(r)[ROOT]]; },
    confidence: function (r) { return r[PROB]; }
  };
  var table = document.getElementById("findings"), body = table.tBodies[0];
  var search = document.getElementById("search"), status = document.getElementById("status");
  var pages = document.getElementById("pages"), previous = document.getElementById("previous"), next = document.getElementById("next");
  var selects = Array.prototype.slice.call(document.querySelectorAll("select[data-filter]"));
  var sorted = { key: "", down: true }, view = [], page = 0, words = null;

  function number(n) { return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ","); }

  function named(key, r) { return key === "severity" ? SEVERITY[r[SEV]] : key === "confidence" ? CONFIDENCE[r[CONF]] : VALUE[key](r); }

  selects.forEach(function (select) {
    var key = select.getAttribute("data-filter"), seen = new Map();
    rows.forEach(function (r) { var v = named(key, r); seen.set(v, (seen.get(v) || 0) + 1); });
    var names = Array.from(seen.keys());
    if (key === "severity") names.sort(function (a, b) { return SEVERITY.indexOf(b) - SEVERITY.indexOf(a); });
    else names.sort();
    names.forEach(function (name) {
      var option = document.createElement("option");
      option.value = name;
      option.textContent = name + " (" + number(seen.get(name)) + ")";
      select.appendChild(option);
    });
    if (names.length < 2 && key === "root") select.parentNode.hidden = true;
    select.addEventListener("change", choose);
  });

  function choose() {
    var wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    var active = selects.filter(function (s) { return s.value !== ""; })
      .map(function (s) { return [s.getAttribute("data-filter"), s.value]; });
    if (wanted.length && !words) {
      words = rows.map(function (r) { return (doc(r)[PATH] + " " + texts[r[PLACE]] + " " + texts[r[IDENT]] + " " + r[ID]).toLowerCase(); });
    }
    view = [];
    for (var i = 0; i < rows.length; i++) {
      var r = rows[i], keep = true;
      for (var a = 0; a < active.length && keep; a++) keep = named(active[a][0], r) === active[a][1];
      for (var w = 0; w < wanted.length && keep; w++) keep = words[i].indexOf(wanted[w]) >= 0;
      if (keep) view.push(i);
    }
    order();
  }

  function order() {
    if (sorted.key) {
      var value = VALUE[sorted.key], sign = sorted.down ? -1 : 1;
      var values = view.map(function (i) { return value(rows[i]); });
      var at = values.map(function (_, n) { return n; });
      at.sort(function (a, b) { return values[a] < values[b] ? -sign : values[a] > values[b] ? sign : view[a] - view[b]; });
      view = at.map(function (n) { return view[n]; });
    } else {
      view.sort(function (a, b) { return a - b; });
    }
    page = 0;
    show();
  }

  function cell(kind, text, cls) {
    var made = document.createElement(kind);
    if (cls) made.className = cls;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function more(r, columns) {
    var d = doc(r), list = document.createElement("dl");
    var first = [];
    if (r[RECORD]) first.push("record " + number(r[RECORD]));
    if (r[LINE]) first.push("line " + number(r[LINE]));
    [["Why this severity", texts[r[REASON]]], ["Evidence", texts[r[EVIDENCE]]],
      ["Confidence", CONFIDENCE[r[CONF]] + " (" + r[PROB].toFixed(4) + ")"], ["On the same records", texts[r[LINKED]]],
      ["Values", number(r[VALUES]) + " on " + number(r[RECORDS]) + " records, " + texts[r[PROT]]], ["First", first.join(", ")],
      ["Form", texts[r[PICTURE]]], ["Whose", texts[r[SUBJECT]]], ["Document", [texts[d[CLASS]], texts[d[FORMAT]]].filter(Boolean).join(", ")],
      ["Readable by", [texts[d[READERS]], texts[d[MODE]], texts[d[OWNER]] && "owner " + texts[d[OWNER]]].filter(Boolean).join(", ")],
      ["Changed", d[MODIFIED]], ["What would help", texts[r[HINT]]], ["Decision", texts[r[DISPOSITION]]], ["Finding", r[ID]]
    ].forEach(function (pair) {
      if (!pair[1]) return;
      list.appendChild(cell("dt", pair[0]));
      list.appendChild(cell("dd", pair[1]));
    });
    var row = cell("tr", undefined, "more"), only = document.createElement("td");
    only.colSpan = columns;
    only.appendChild(list);
    row.appendChild(only);
    return row;
  }

  function line(r) {
    var row = document.createElement("tr"), head = document.createElement("td"), open = cell("button", undefined, "open");
    open.type = "button";
    open.setAttribute("aria-expanded", "false");
    open.appendChild(cell("span", SEVERITY[r[SEV]], "sev sev" + r[SEV]));
    open.title = "Details";
    open.addEventListener("click", function () {
      var is = open.getAttribute("aria-expanded") === "true";
      open.setAttribute("aria-expanded", String(!is));
      if (is) row.parentNode.removeChild(row.nextSibling);
      else row.parentNode.insertBefore(more(r, row.cells.length), row.nextSibling);
    });
    head.appendChild(open);
    row.appendChild(head);
    row.appendChild(cell("td", texts[r[IDENT]]));
    row.appendChild(cell("td", texts[r[PLACE]], "path"));
    var path = cell("td", undefined, "path"), isolated = cell("bdi", doc(r)[PATH]);
    path.appendChild(isolated);
    row.appendChild(path);
    row.appendChild(cell("td", number(r[VALUES]), "n wide"));
    row.appendChild(cell("td", number(r[PEOPLE]), "n"));
    row.appendChild(cell("td", texts[r[PROT]], "wide"));
    row.appendChild(cell("td", texts[doc(r)[READERS]], "wide"));
    row.appendChild(cell("td", CONFIDENCE[r[CONF]], "wide"));
    return row;
  }

  function show() {
    var from = page * PAGE, to = Math.min(from + PAGE, view.length), made = document.createDocumentFragment();
    for (var i = from; i < to; i++) made.appendChild(line(rows[view[i]]));
    if (!view.length) {
      var none = document.createElement("tr"), only = cell("td", "No finding is like that.");
      only.colSpan = 9;
      none.appendChild(only);
      made.appendChild(none);
    }
    body.textContent = "";
    body.appendChild(made);
    var of = view.length === rows.length ? "" : " (of " + number(rows.length) + ")";
    status.textContent = view.length ? number(from + 1) + " to " + number(to) + " of " + number(view.length) + of : "none" + of;
    previous.disabled = page === 0;
    next.disabled = to >= view.length;
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th) {
    var key = th.getAttribute("data-key"), button = cell("button", th.textContent);
    button.type = "button";
    th.textContent = "";
    th.appendChild(button);
    button.addEventListener("click", function () {
      var first = !(key === "identifier" || key === "place" || key === "document" || key === "protection" || key === "readers");
      sorted = { key: key, down: sorted.key === key ? !sorted.down : first };
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      order();
    });
  });

  var waiting;
  search.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(choose, 120); });
  function turn(by) { page += by; show(); table.scrollIntoView({ block: "start" }); }
  previous.addEventListener("click", function () { turn(-1); });
  next.addEventListener("click", function () { turn(1); });
  var print = document.getElementById("print");
  print.hidden = false;
  print.addEventListener("click", function () { window.print(); });
  document.getElementById("filters").hidden = false;
  pages.hidden = false;
  document.getElementById("first").hidden = true;
  choose();
})();
