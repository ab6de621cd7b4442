// What everybody may see: counts by level, month and main category, small ones hidden.

import { fill, h, select } from "../frame/dom.js";
import { levelTitle } from "../frame/header.js";
import { n, t } from "../frame/i18n.js";
import { createTable } from "../frame/table.js";
import { paint, quantiles, ramp } from "../map/colours.js";
import { clearLegend, drawLegend } from "./legend.js";

const CITY = "city";
const ALL = "all";

/** What the tables themselves name, in the reader's words; the city's own names stay. */
const UNITS = { city: "whole_city", unplaced: "unplaced", "": "no_group" };
const KINDS = { all: "total", other: "incidents.other", "": "without_category" };
const named = (words, name) => (name in words ? t(words[name]) : name);

export async function showPublic(ctx, cells, element) {
  const { api, state, panels, session, signal } = ctx;
  const first = await api.get("/public", {}, { signal });
  if (first.at === null) return fill(element, h("p", { class: "empty" }, t("public_none")));
  const levels = first.levels.filter((level) => level !== CITY);
  const months = [...new Set(first.rows.map((row) => row.month))].sort().reverse();
  const controls = h("div", { class: "fields" });
  const body = h("div", { class: "stack" });
  fill(element, h("p", { class: "soft" }, t("public_about", { least: first.least })), controls, body);

  let asking = new AbortController();

  async function load() {
    const { level = "", month = months[0] } = state.get();
    const labelled = (text, control) => h("label", { class: "field" }, h("span", { class: "caption" }, text), control);
    fill(
      controls,
      labelled(t("month"), select(months.map((one) => [one, named({ undated: "incidents.undated" }, one)]), month, (value) => state.set({ month: value }), { "data-key": "month" })),
      labelled(t("level"), select([["", t("whole_city")], ...levels.map((one) => [one, levelTitle(session, one)])], level, (value) => state.set({ level: value }), { "data-key": "public-level" })),
    );
    asking.abort();
    asking = new AbortController(); // of months chosen quickly the last one counts
    const table = await api.get("/public", { level: level || CITY, month }, { signal: AbortSignal.any([asking.signal, signal]) });
    draw(level, table.rows);
  }

  function draw(level, rows) {
    const twin = createTable({
      label: t("table_about"),
      columns: [{ key: "unit", name: level ? levelTitle(session, level) : t("whole_city"), show: (row) => named(UNITS, row.unit) }, { key: "category", name: t("category"), show: (row) => named(KINDS, row.category) }, { key: "n", name: t("count"), number: true, show: (row) => (row.n === null ? t("hidden") : n(row.n)) }],
      id: (row) => `${row.unit}|${row.category}`,
      choose: (key) => state.set({ sel: `cell:${key.split("|")[0]}` }),
    });
    twin.update(rows, null);
    fill(body, rows.length ? twin.element : h("p", { class: "empty" }, t("no_incidents")));
    cells.setLevel(level);
    colour(level, rows);
  }

  /** Colour units of which the total is published. */
  function colour(level, rows) {
    const sums = Object.fromEntries(rows.filter((row) => row.category === ALL).map((row) => [row.unit, row.n]));
    const known = Object.entries(sums).filter(([, count]) => count !== null).map(([code, value]) => ({ code, value }));
    const breaks = quantiles(known.map((row) => row.value));
    cells.colour(level ? paint(known, breaks, ramp(breaks)) : {});
    cells.few(level ? Object.keys(sums).filter((unit) => sums[unit] === null) : []);
    if (level) drawLegend(panels.legend, { title: levelTitle(session, level), unit: t("unit_count"), count: known.reduce((sum, row) => sum + row.value, 0), breaks, colours: ramp(breaks), few: known.length < Object.keys(sums).length, whole: true });
    else clearLegend(panels.legend);
  }

  const stop = state.on(["level", "month"], () => load().catch(ctx.notify));
  signal.addEventListener("abort", stop);
  await load();
}
