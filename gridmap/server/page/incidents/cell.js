// A cell or group: its figures, how it deals with its incidents, its trend, who answers, what happened.

import { button, fill, h } from "../frame/dom.js";
import { folding } from "../frame/fold.js";
import { roving } from "../frame/groups.js";
import { levelTitle } from "../frame/header.js";
import { moment, n, signed, t } from "../frame/i18n.js";
import { goTo } from "../map/base.js";
import { createDuties } from "./duties.js";
import { called, figuresOf, filterOf, told } from "./filter.js";
import { drawTrend, hasRange, hasTrend } from "./trend.js";

const LISTED = 50;
const KINDS = 8;

export async function showCell(ctx, code, body, { pins, signal, bring: come }) {
  const { api, state, plan, session } = ctx;
  const view = state.get();
  const options = { signal };
  const title = view.level ? `${levelTitle(session, view.level)} ${code}` : `${t("cell")} ${code}`;
  if (!body.firstChild) fill(body, h("h2", {}, title), h("p", { class: "soft" }, t("loading")));
  const of = { plan: plan().id, level: view.level };
  const asked = { ...filterOf(view), ...of };
  const timeless = { ...asked, start: undefined, end: undefined };
  const late = view.only === "late";
  const [figures, service, before, list, history, about, duties] = await Promise.all([
    api.get("/incidents/figures", figuresOf(view, plan().id), options),
    api.get("/incidents/unit", { ...asked, unit: code }, options).catch(missing),
    view.start2 === undefined ? null : api.get("/incidents/unit", { ...asked, unit: code, start: view.start2, end: view.end2 }, options).catch(missing),
    pins.ofUnit(code, late, signal).catch(missing),
    api.get("/incidents/histogram", { ...timeless, step: "month", cell: code }, options),
    view.level ? null : api.get(`/plans/${plan().id}/cells/${encodeURIComponent(code)}`, {}, options).catch(missing),
    api.get("/duties", { ...of, unit: code }, options).catch(missing),
  ]);
  const rows = told(figures);
  const row = rows.find((one) => one.code === code);
  if (!row || !service) return fill(body, h("h2", {}, title), h("p", { class: "empty" }, t("no_such_cell", { code })));
  const trend = hasTrend(session.period) && h("div", { class: "chart" });
  if (come && about) bring(ctx.map, about.bounds);
  fill(
    body,
    h("h2", {}, title),
    about && showLevels(ctx, about.columns),
    showFigures(row, figures, rows),
    showService(ctx, service),
    trend && h("div", { class: "tight" }, h("h3", {}, t(hasRange(session.period) ? "trend" : "incidents.trend_short")), trend),
    showKinds(ctx, service, before),
    body.querySelector("[data-editing]") ?? createDuties(ctx, code, view.level ?? "", duties),
    showList(ctx, list, late),
  );
  if (trend) drawTrend(trend, history.bars, session.period);
  if (late && body.dataset.only !== "late") scrollTo(ctx.panels.right, body.lastElementChild);
  body.dataset.only = view.only ?? "";
}

/** Bring a part of the panel to its top; on a phone what scrolls is around the panel. */
function scrollTo(panel, part) {
  for (const box of [panel, panel.parentElement]) box.scrollTop += part.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
}

/** What is not there is told once, by the panel itself. */
function missing(error) {
  if (error.status !== 404) throw error;
  return null;
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

const pairsOf = (pairs) => h("dl", { class: "figures" }, pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));

function showFigures(row, figures, rows) {
  const rank = 1 + rows.filter((one) => (one.value ?? -1) > (row.value ?? -1)).length;
  return pairsOf([
    [t("incidents"), n(row.n)],
    figures.unit !== "count" && [t(`unit_${figures.unit}`), row.few ? t("too_few") : n(row.value)],
    figures.totals2 && [t("count_b"), n(row.n2)],
    figures.totals2 && [t("change"), signed(row.change)],
    !row.few && [t("rank"), t("rank_of", { rank, count: rows.length })],
    (row.people ?? null) !== null && [t("people"), n(row.people)],
    [t("area"), `${n(row.area_km2)} km²`],
  ]);
}

/** The rates the city's files can answer; what is overdue is a step to its list. */
function showService({ state, session }, { open, measures }) {
  const known = session.measures.map((measure) => measure.per).filter((per) => per in measures);
  if (!known.length) return null;
  const late = (count) => button(n(count), () => state.set({ only: "late" }), { class: "plain", "aria-label": t("incidents.show_late", { count }), "data-key": "show-late" });
  const value = (per) => {
    if (measures[per] === null) return "–";
    if (per === "overdue") return measures[per] ? late(measures[per]) : n(0);
    return t(per === "median_hours" ? "incidents.so_many_hours" : "incidents.so_many_percent", { value: n(measures[per], 1) });
  };
  const rows = known.map((per) => [t(per === "overdue" ? "incidents.overdue_now" : `per_${per}`), value(per)]);
  return h("div", { class: "tight" }, h("h3", {}, t("incidents.dealt_with")), pairsOf([[t("incidents.still_open"), n(open)], ...rows]));
}

/** What happened in it, by category: each a bar, and a click that filters; against a period B what rose most is first. */
function showKinds({ state }, { categories }, before) {
  const earlier = before?.categories ?? {};
  const rows = Object.keys({ ...categories, ...earlier }).map((name) => [name, categories[name] ?? 0, earlier[name] ?? 0]);
  if (!rows.length) return null;
  if (before) rows.sort(([, a1, b1], [, a2, b2]) => a2 - b2 - (a1 - b1));
  const most = Math.max(...rows.map(([, count]) => count));
  const chosen = state.get().category ?? [];
  const turn = (name) => state.set({ category: chosen.length === 1 && chosen[0] === name ? [] : [name] });
  const bar = ([name, count, was]) =>
    h("li", {}, h("button", { type: "button", class: "bar", onclick: () => turn(name), "aria-pressed": String(chosen.includes(name)), "data-key": `kind-of-${name}` }, h("span", { class: "grow" }, called("category", name)), before && h("span", { class: "soft" }, `B ${n(was)} →`), h("span", { class: "number" }, n(count)), h("span", { class: "fill", style: { width: `${(100 * count) / most}%` } })));
  const rest = rows.slice(KINDS);
  const others = rest.length > 0 && folding(state, "kinds", t("more", { count: rest.length }), roving(h("ul", { class: "bars" }, rest.map(bar)), 1));
  return h("div", { class: "tight" }, h("h3", {}, t(before ? "incidents.by_category_rise" : "by_category")), roving(h("ul", { class: "bars" }, rows.slice(0, KINDS).map(bar)), 1), others);
}

function showList({ state }, list, late) {
  if (!list) return null;
  const { incidents, total } = list;
  const title = h("div", { class: "row between" }, h("h3", {}, t(late ? "incidents.late_here" : "incidents_of_cell", { count: total })), late && button(t("incidents.show_all"), () => state.set({ only: "" }), { class: "plain", "data-key": "show-all" }));
  if (!total) return h("div", { class: "tight" }, title, h("p", { class: "empty" }, t(late ? "incidents.none_late" : "no_incidents")));
  const due = (one) => late && h("div", { class: "bad small" }, t("incidents.was_due", { when: moment(one.due) }));
  const rows = incidents.slice(0, LISTED).map((one) =>
    h("li", {}, h("button", { type: "button", onclick: () => state.set({ sel: `incident:${one.id}` }), "data-key": `incident-${one.id}` }, h("span", {}, one.category || t("incident")), h("span", { class: "soft small" }, ` ${moment(one.when, one.day_only)}`), one.address && h("div", { class: "soft small" }, one.address), due(one))),
  );
  const rest = total > rows.length && h("p", { class: "soft small" }, t("shown_of", { shown: rows.length, total }));
  return h("div", { class: "tight" }, title, roving(h("ul", { class: "list" }, rows), 1), rest);
}
