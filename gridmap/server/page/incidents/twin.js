// The table twin of the map, and the totals that are always shown.

import { button, fill, h } from "../frame/dom.js";
import { levelTitle } from "../frame/header.js";
import { n, pair, signed, t } from "../frame/i18n.js";
import { createTable } from "../frame/table.js";
import { FILTERS, told } from "./filter.js";
import { orderIn } from "./order.js";

/** Columns of a table of figures, by what kind of figures they are. */
export function columnsOf(ctx, figures, view) {
  const number = (key, name) => ({ key, name, number: true });
  const first = { key: "code", name: view.level ? levelTitle(ctx.session, view.level) : t("cell"), show: (row) => row.code || t("no_group") };
  const counted = [first, number("n", t("count"))];
  const sure = { key: "kind", name: t("sure"), whole: true, show: (row) => t(`sure_${row.kind || "no"}`) };
  const digits = figures.rows.every((row) => Number.isInteger(row.value)) ? 0 : 1;
  if (figures.rows[0]?.n_before !== undefined) return [...counted, number("n_before", t("count_b")), { ...number("value", t("change")), show: (row) => signed(row.value, digits) }, sure];
  if (figures.permutations) return [...counted, number("around", t("around")), number("z", "Gi*"), sure];
  return figures.unit === "count" ? counted : [...counted, { ...number("value", t(`unit_${figures.unit}`)), show: (row) => (row.few ? t("too_few") : n(row.value)) }];
}

/** onMap(): codes of what the map shows at this moment. */
export function createFigureTable(ctx, onMap) {
  const { state, map } = ctx;
  const holder = h("div");
  const here = h("input", { type: "checkbox", onchange: () => state.set({ here: here.checked ? "1" : "" }, { replace: true }), "data-key": "only-here" });
  const element = h("div", { class: "tight" }, h("label", { class: "row" }, here, h("span", {}, t("incidents.only_here"))), holder);
  let table = null;
  let head = "";
  let rows = [];

  /** What is looked at first: the measure itself, or what rose most. */
  const measureOf = (figures) => (figures.permutations ? "z" : figures.unit === "count" ? "n" : "value");

  function update(figures, view) {
    const made = columnsOf(ctx, figures, view);
    const usual = { key: measureOf(figures), down: true };
    const order = orderIn(state, "sort", made, usual);
    const newHead = [...made.map((column) => column.name), JSON.stringify(order.sorted)].join("|");
    if (newHead !== head) {
      head = newHead;
      table = createTable({ label: t("table_about"), columns: made, id: (row) => row.code, choose: (code) => state.set({ sel: `cell:${code}` }), ...order, shortcut: "t" });
      fill(holder, table.element);
    }
    rows = told(figures);
    choose(selected());
  }

  const selected = () => ((state.get().sel ?? "").startsWith("cell:") ? state.get().sel.slice(5) : null);

  /** Rows nobody looks at are not made: there may be thousands. */
  function choose(code) {
    here.checked = Boolean(state.get().here);
    if (state.get().tab !== "table") return;
    const seen = here.checked ? onMap() : null;
    table?.update(seen ? rows.filter((row) => seen.has(row.code)) : rows, code);
  }

  const again = () => state.get().here && choose(selected());
  map.on("idle", again);
  const stop = state.on(["here", "tab"], () => choose(selected()));
  return { element, update, choose, stop: () => (map.off("idle", again), stop()) };
}

/** "placed · unplaced · total", the unplaced as a button that lists them. */
export function showTotals(element, ctx, { totals, totals2, recorded_from: first }) {
  const line = (one, name) =>
    h(
      "p",
      { class: "row" },
      name && h("strong", {}, name),
      h("span", {}, `${t("placed")} ${n(one.placed)}`),
      "·",
      button(`${t("unplaced")} ${n(one.unplaced)}`, () => ctx.state.set({ unplaced: name === "B" ? "b" : "a" }, { replace: true }), { class: "plain", disabled: !one.unplaced, "data-key": `unplaced-${name ?? ""}` }),
      "·",
      h("strong", {}, `${t("total")} ${n(one.total)}`),
      one.untimed > 0 && h("span", { class: "soft small" }, t("untimed", { count: one.untimed })),
    );
  if (!totals.total) return fill(element, empty(ctx));
  const unknown = first ? t("unrecorded", { first }) : totals2 && !totals2.total && t("none_before");
  fill(element, totals2 ? [line(totals, "A"), line(totals2, "B")] : line(totals), unknown && h("p", { class: "warn small" }, unknown));
}

/** Nothing to show: what to do about it. */
function empty({ state, session }) {
  const filtered = FILTERS.some((name) => state.get()[name]);
  if (filtered) return h("div", { class: "empty stack" }, t("none_filtered"), button(t("clear_filters"), () => state.set(Object.fromEntries([...FILTERS, "start2", "end2"].map((name) => [name, undefined]))), { class: "primary", "data-key": "clear-filters" }));
  return h("p", { class: "empty" }, t(session.can.includes("report") ? "none_yet" : "no_incidents"));
}
