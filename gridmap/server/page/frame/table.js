// A table that sorts by its headings and shares its chosen row with the map and the lists.

import { button, fill, h } from "./dom.js";
import { roving } from "./groups.js";
import { n, t } from "./i18n.js";

const STEP = 500;

/**
 * columns: [{key, name, number, whole, show(row)}], the first names the row, whole ones are not broken. rows: objects; id(row) is
 * what choose(id) is told, turned(order) another order, shortcut the single key that leads to its rows.
 * Returns {element, update(rows, chosen)}.
 */
export function createTable({ label, columns, id, choose, sorted = { key: columns[0].key, down: false }, turned, shortcut }) {
  let rows = [];
  let chosen = null;
  let order = sorted;
  let limit = STEP;
  const head = roving(h("thead"));
  const body = roving(h("tbody", { "aria-keyshortcuts": shortcut }), 1);
  const foot = h("div");
  const table = h("table", {}, h("caption", { class: "quiet" }, label), head, body);
  const element = h("div", { class: "scroll" }, table, foot);
  const text = (column, row) => (column.show ? column.show(row) : column.number ? n(row[column.key]) : (row[column.key] ?? ""));

  function compare(one, other) {
    const [a, b] = [one[order.key], other[order.key]];
    const missing = (a === null || a === undefined) - (b === null || b === undefined);
    if (missing) return missing;
    const by = typeof a === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return order.down ? -by : by;
  }

  function heading(column) {
    const mine = order.key === column.key;
    const sort = mine ? (order.down ? "descending" : "ascending") : null;
    const turn = () => {
      order = { key: column.key, down: mine ? !order.down : Boolean(column.number) };
      draw();
      turned?.(order);
    };
    const arrow = mine ? (order.down ? " ↓" : " ↑") : "";
    return h("th", { scope: "col", class: column.number && "number", "aria-sort": sort }, button(column.name + arrow, turn, { "data-key": `sort-${column.key}` }));
  }

  function line(row) {
    const key = id(row);
    const name = button(text(columns[0], row) || "–", () => choose(key), { class: "code", "data-key": `row-${key}` });
    const cells = columns.slice(1).map((column) => h("td", { class: column.number ? "number" : column.whole && "whole" }, text(column, row)));
    return h("tr", { "aria-current": key === chosen ? "true" : null, onclick: (event) => event.target.closest("button") ?? choose(key) }, h("td", {}, name), cells);
  }

  function draw() {
    const all = [...rows].sort(compare);
    const at = all.findIndex((row) => id(row) === chosen);
    const shown = all.slice(0, Math.max(limit, at + 1));
    fill(head, h("tr", {}, columns.map(heading)));
    fill(body, shown.map(line));
    const more = button(t("show_more"), showMore, { class: "plain", "data-key": "show-more" });
    fill(foot, shown.length < all.length && h("p", { class: "row" }, t("shown_of", { shown: shown.length, total: all.length }), more));
  }

  /** The focus goes on to the first row that was not there. */
  function showMore() {
    const first = body.rows.length;
    limit += STEP;
    draw();
    body.rows[first]?.querySelector("button").focus();
  }

  return {
    element,
    update(newRows, newChosen) {
      const moved = newChosen !== chosen;
      rows = newRows;
      chosen = newChosen;
      draw();
      if (moved && chosen) body.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    },
  };
}
