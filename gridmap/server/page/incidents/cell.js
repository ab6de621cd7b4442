// A cell's figures, its place among the others, its trend, what happened in it.

import { button, fill, h } from "../frame/dom.js";
import { levelTitle } from "../frame/header.js";
import { moment, n, t } from "../frame/i18n.js";
import { goTo } from "../map/base.js";
import { figuresOf, filterOf } from "./filter.js";
import { drawTrend } from "./trend.js";

const LISTED = 50;
const KINDS = 12;

export async function showCell(ctx, code, body, { pins, signal }) {
  const { api, state, plan } = ctx;
  const view = state.get();
  const options = { signal };
  const title = view.level ? `${levelTitle(ctx.session, view.level)} ${code}` : `${t("cell")} ${code}`;
  fill(body, h("h2", {}, title), h("p", { class: "soft" }, t("loading")));
  const own = view.level ? null : code;
  const asked = { ...filterOf(view), plan: plan().id };
  const timeless = { ...asked, start: undefined, end: undefined };
  const [figures, list, history, about] = await Promise.all([
    api.get("/incidents/figures", figuresOf(view, plan().id), options),
    own === null ? pins.ofCell(null) : pins.ofCell(own, signal),
    own === null ? null : api.get("/incidents/histogram", { ...timeless, step: "month", cell: own }, options),
    own === null ? null : api.get(`/plans/${plan().id}/cells/${encodeURIComponent(own)}`, {}, options),
  ]);
  const row = figures.rows.find((one) => one.code === code);
  if (!row) return fill(body, h("h2", {}, title), h("p", { class: "empty" }, t("no_such_cell", { code })));
  const trend = h("div", { class: "chart" });
  if (about) bring(ctx.map, about.bounds);
  fill(body, h("h2", {}, title), about && showLevels(ctx, about.columns), showFigures(row, figures), list && showKinds(list), history && h("div", { class: "tight" }, h("h3", {}, t("trend")), trend), list && showList(ctx, list));
  if (history) drawTrend(trend, history.bars, ctx.session.period);
}

/** Go to a cell of which nothing is to be seen. */
function bring(map, [west, south, east, north]) {
  const view = map.getBounds();
  if (east < view.getWest() || west > view.getEast() || north < view.getSouth() || south > view.getNorth()) goTo(map, [west, south, east, north], 15);
}

/** The groups the cell lies in, each a step to it. */
function showLevels({ session, state, plan }, columns) {
  const groups = plan().levels.map((level) => [level, String(columns[level] ?? "")]).filter(([, group]) => group);
  return h("p", { class: "row" }, groups.map(([level, group]) => button(`${levelTitle(session, level)} ${group}`, () => state.set({ level, sel: `cell:${group}` }), { class: "plain", "data-key": `group-${level}` })));
}

/** What happened in it, by category. */
function showKinds({ incidents, total }) {
  if (incidents.length < total || !total) return null;
  const counts = {};
  for (const one of incidents) counts[one.category || t("unnamed")] = (counts[one.category || t("unnamed")] ?? 0) + 1;
  const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, KINDS);
  return h("details", {}, h("summary", {}, t("by_category")), h("dl", { class: "figures" }, rows.map(([name, count]) => [h("dt", {}, name), h("dd", {}, n(count))])));
}

function showFigures(row, figures) {
  const rank = 1 + figures.rows.filter((one) => (one.value ?? -1) > (row.value ?? -1)).length;
  const pairs = [
    [t("incidents"), n(row.n)],
    figures.unit !== "count" && [t(`unit_${figures.unit}`), n(row.value)],
    figures.totals2 && [t("count_b"), n(row.n2)],
    figures.totals2 && [t("change"), n(row.change)],
    [t("rank"), t("rank_of", { rank, count: figures.rows.length })],
    row.people !== null && [t("people"), n(row.people)],
    [t("area"), `${n(row.area_km2)} km²`],
  ];
  return h("dl", { class: "figures" }, pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function showList({ state }, { incidents, total }) {
  if (!total) return h("p", { class: "empty" }, t("no_incidents"));
  const rows = incidents.slice(0, LISTED).map((one) =>
    h("li", {}, h("button", { type: "button", onclick: () => state.set({ sel: `incident:${one.id}` }), "data-key": `incident-${one.id}` }, h("span", {}, one.category || t("incident")), h("span", { class: "soft small" }, ` ${moment(one.when, one.day_only)}`), one.address && h("div", { class: "soft small" }, one.address))),
  );
  const rest = total > rows.length && h("p", { class: "soft small" }, t("shown_of", { shown: rows.length, total }));
  return h("div", { class: "tight" }, h("h3", {}, t("incidents_of_cell", { count: total })), h("ul", { class: "list" }, rows), rest);
}
