// Sorting and filtering of tables. Pages are complete without it.
"use strict";
(function () {
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const words = {
    en: { filter: "Filter the rows", shown: (n, of) => n + " of " + of + " rows" },
    ru: { filter: "Отобрать строки", shown: (n, of) => "строк: " + n + " из " + of },
    kk: { filter: "Жолдарды сүзу", shown: (n, of) => "жолдар: " + of + " ішінен " + n },
  }[document.documentElement.lang];
  // A row of which nothing was observed has one cell for all.
  const value = (cell) => (!cell ? "" : cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent).trim();
  const number = (text) => {
    const bare = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-").replace(",", document.documentElement.lang === "en" ? "" : ".");
    const found = /^[+-]?\d+(\.\d+)?/.exec(bare);
    return found ? Number(found[0]) : null;
  };
  function compare(one, other) {
    const a = number(one), b = number(other);
    if (a !== null && b !== null && a !== b) return a - b;
    if (a === null && b !== null) return -1;
    if (a !== null && b === null) return 1;
    return collator.compare(one, other);
  }
  function sort(table, column, down) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const keys = new Map(rows.map((row) => [row, value(row.cells[column])]));
    rows.sort((a, b) => (down ? -1 : 1) * compare(keys.get(a), keys.get(b)));
    body.append(...rows);
  }
  function sortable(table) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      const link = head.querySelector("a");
      const text = link ? document.createElement("span") : null;
      if (link) {
        text.textContent = "⇅";
        text.setAttribute("aria-hidden", "true");
        button.append(text);
        button.setAttribute("aria-label", head.textContent);
        head.append(" ", button);
      } else {
        button.append(...Array.from(head.childNodes));
        head.append(button);
      }
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down);
      });
    });
  }
  function filterable(table) {
    const rows = Array.from(table.tBodies[0].rows);
    if (rows.length < 8) return;
    const label = document.createElement("label");
    const field = document.createElement("input");
    const said = document.createElement("output");
    field.type = "search";
    label.className = "filter";
    label.append(words.filter + " ", field, " ", said);
    const place = table.closest(".scroll") || table;
    place.before(label);
    const fold = (text) => text.toLocaleLowerCase().replace(/ё/g, "е");
    const texts = rows.map((row) => fold(row.textContent));
    field.addEventListener("input", () => {
      const wanted = fold(field.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        const fits = wanted.every((word) => texts[at].includes(word));
        row.classList.toggle("out", !fits);
        shown += fits;
      });
      said.textContent = wanted.length ? words.shown(shown, rows.length) : "";
    });
  }
  document.querySelectorAll("table.filterable").forEach(filterable);
  document.querySelectorAll("table.sortable").forEach(sortable);
  // An address that leads into a closed list opens it.
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  }
  addEventListener("hashchange", open);
  open();
  // On a phone the parts of the report are one line that moves: the part that is read stands in it.
  const current = document.querySelector(".mast nav [aria-current]");
  if (current) {
    const line = current.closest("ul");
    line.scrollLeft += current.getBoundingClientRect().left - line.getBoundingClientRect().left - 24;
  }
})();
