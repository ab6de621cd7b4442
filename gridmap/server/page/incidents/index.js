// The Incidents workspace: what happened where and when, as colours, heat, table and list.

import { button, fill, h } from "../frame/dom.js";
import { roving, toolbar } from "../frame/groups.js";
import { t } from "../frame/i18n.js";
import { ask } from "../frame/signin.js";
import { settled } from "../frame/work.js";
import { bordersFrom, drawCells } from "../map/cells.js";
import { createAlarms } from "./alarms.js";
import { createBackTest } from "./backtest.js";
import { createBrush } from "./brush.js";
import { createChips, createPeriods } from "./chips.js";
import { createClock } from "./clock.js";
import { createControls } from "./controls.js";
import { createExport, paperOf } from "./export.js";
import { figuresOf, filterOf, FIGURES, FILTERS, pathOf } from "./filter.js";
import { drawHeat } from "./heat.js";
import { createLegend } from "./legend.js";
import { createNews } from "./news.js";
import { openPanel } from "./panel.js";
import { createPlaces } from "./places.js";
import { createPicture } from "./picture.js";
import { drawPins } from "./pins.js";
import { createRanking } from "./ranking.js";
import { showPublic } from "./public.js";
import { createReport } from "./report.js";
import { createImport } from "./wizard.js";
import { createFigureTable, showTotals } from "./twin.js";
import { createUnplaced } from "./unplaced.js";

let parts = null;

/** Ask for what the first view shows while the map is still made, and give the map the size it will have. */
export function prepare({ api, state, session, plan, panels }) {
  if (!plan() || !session.can.includes("figures")) return;
  panels.bottom.hidden = false;
  const view = state.get();
  const { facets, clock, histogram } = filtersOf(view, plan().id);
  api.ahead(pathOf(view), figuresOf(view, plan().id));
  api.ahead("/incidents/facets", facets);
  api.ahead("/incidents/clock", clock);
  api.ahead("/incidents/histogram", histogram);
}

/** What the filters show their counts of: each leaves out what it chooses itself. */
function filtersOf(view, plan) {
  const facets = { ...filterOf(view), plan };
  return { facets, clock: { ...facets, weekday: undefined, hour: undefined }, histogram: { ...facets, start: undefined, end: undefined, step: "month" } };
}

export async function mount(ctx) {
  const { state, map, panels, signal } = ctx;
  const plan = ctx.plan();
  if (!plan) return fill(panels.left, h("p", { class: "empty" }, t("no_plan")));
  const cells = drawCells(map, { plan: plan.id, version: plan.version, levels: plan.levels, bordered: ctx.session.bounds ? bordersFrom(ctx.session.bounds, plan.cells) : 0 });
  cells.setLevel(state.get().level);
  createLegend(panels.legend, state);
  if (!ctx.session.can.includes("figures")) return mountPublic(ctx, cells);
  const heat = drawHeat(map, ctx.api, cells.area());
  const pins = drawPins(ctx);
  const places = createPlaces(ctx);
  parts = { cells, heat, pins, places, stops: [] };

  const picture = createPicture(ctx, { cells, heat });
  const totals = h("div", { class: "totals" });
  const chips = createChips(state);
  const clock = createClock(state);
  const periods = createPeriods(state);
  const brush = createBrush(ctx, picture, heat);
  const table = createFigureTable(ctx, cells.seen);
  const controls = createControls(ctx);
  controls.complete();
  const backTest = createBackTest(ctx);
  const alarms = createAlarms(ctx, picture.alarm);
  const report = createReport(ctx, pins);
  const news = createNews(ctx);
  const ranking = createRanking(ctx);
  const unplaced = createUnplaced(ctx, picture.figures);
  parts.stops.push(brush.stop, clock.stop, table.stop);

  const filters = h("div", { class: "stack wide", role: "tabpanel", "aria-labelledby": "tab-filters" }, controls.element, backTest.element, periods.element, h("div", { class: "tight", "aria-keyshortcuts": "w" }, h("h3", {}, t("clock")), clock.element), chips.element, places.element);
  const twin = h("div", { role: "tabpanel", class: "stack", "aria-labelledby": "tab-table" }, table.element);
  const tabs = roving(h("div", { class: "tabs", role: "tablist", "aria-label": t("left_tabs") }));
  fill(panels.left, h("div", { class: "stack" }, h("h2", { class: "quiet" }, t("incidents")), totals, news.element, toolbar(h("div", { class: "row" }, ranking.button, createImport(ctx), createExport(ctx, picture)), t("files")), tabs, filters, twin, alarms.element));
  panels.bottom.hidden = false;
  fill(panels.bottom, brush.element);
  fill(panels.tools, report.button);

  const TABS = { filters: null, table: null, alarms: "a" };
  function showTab() {
    const tab = state.get().tab in TABS ? state.get().tab : "filters";
    filters.hidden = tab !== "filters";
    twin.hidden = tab !== "table";
    fill(tabs, Object.keys(TABS).map((name) => button(t(`tab_${name}`), () => state.set({ tab: name === "filters" ? "" : name }, { replace: true }), { id: `tab-${name}`, role: "tab", "aria-selected": String(name === tab), "aria-keyshortcuts": TABS[name], "data-key": `tab-${name}` })));
  }

  let ready = false;
  let loading = new AbortController();
  async function load() {
    // asked for by what has outlived the view, or again at once with a period to compare with
    if (signal.aborted || controls.complete()) return;
    loading.abort();
    loading = new AbortController();
    const view = state.get();
    const options = { signal: loading.signal };
    periods.update();
    controls.update();
    try {
      const filters = brush.playing() ? null : loadFilters(view, options);
      filters?.catch(() => {}); // told below, once the figures are there
      const figures = brush.frame(view) ?? (await ctx.api.get(pathOf(view), figuresOf(view, plan.id), options));
      options.signal.throwIfAborted(); // what was asked ahead comes in any case
      picture.show(figures);
      showTotals(totals, ctx, figures);
      table.update(figures, view);
      if (brush.playing()) return;
      ctx.speak(`${picture.title()}. ${totals.textContent}`);
      await Promise.all([filters, backTest.load(view, options), alarms.load()]);
      if (ready && (state.get().sel ?? "").startsWith("cell:")) await show(false);
    } catch (error) {
      if (error.name !== "AbortError") ctx.notify(error);
    }
  }

  async function loadFilters(view, options) {
    const asked = filtersOf(view, plan.id);
    const [facets, counts, histogram] = await Promise.all([
      ctx.api.get("/incidents/facets", asked.facets, options),
      ctx.api.get("/incidents/clock", asked.clock, options),
      ctx.api.get("/incidents/histogram", asked.histogram, options),
    ]);
    options.signal.throwIfAborted();
    chips.update(facets);
    clock.update(counts.counts);
    brush.update(histogram.bars);
  }

  const soon = settled(load, 30);
  /** Show what is chosen: on the map, in the lists, in the panel. come: go there if it is out of sight. */
  const show = (come) => {
    const { sel = "", level } = state.get();
    const [kind, ...rest] = sel.split(":");
    cells.setLevel(level);
    cells.choose(kind === "cell" ? rest.join(":") : null);
    table.choose(kind === "cell" ? rest.join(":") : null);
    alarms.choose();
    if (report.stays(sel)) return undefined;
    pins.choose(kind === "incident" ? rest[0] : null);
    return openPanel(ctx, kind, rest.join(":"), { pins, places, reload: load, bring: come });
  };
  parts.stops.push(
    state.on([...FILTERS, ...FIGURES], soon),
    state.on(["sel", "level", "only"], () => show(true)),
    state.on(["tab"], showTab),
    state.on(["tab", "month"], () => alarms.load().catch(ctx.notify)),
    state.on(["ranking"], ranking.follow),
    state.on(["unplaced"], unplaced),
    followClicks(ctx, cells, { pins, places, report }),
  );
  signal.addEventListener("abort", () => loading.abort());
  ctx.reload = load;
  ctx.onPaper = () => paperOf(ctx, picture);
  places.follow((shown) => picture.beside(shown));
  showTab();
  await Promise.all([places.load(), load()]);
  ready = true;
  await show(!state.get().map); // a link shows the map as it was
  signal.throwIfAborted();
  ranking.follow();
  unplaced();
  await news.load();
}

/** Visitors without a role see the published tables. */
async function mountPublic(ctx, cells) {
  const places = createPlaces(ctx);
  parts = { cells, places, stops: [followClicks(ctx, cells, { places })] };
  const tables = h("div", { class: "stack" });
  const invite = h("div", { class: "row between" }, h("p", { class: "soft" }, t("figures_for_staff")), button(t("sign_in"), () => ask(ctx.api), { "data-key": "ask" }));
  fill(ctx.panels.left, h("div", { class: "stack" }, h("h2", {}, t("incidents")), invite, tables, places.element));
  const choose = (come) => {
    const [kind, ...rest] = (ctx.state.get().sel ?? "").split(":");
    return openPanel(ctx, kind === "place" ? kind : null, rest.join(":"), { places, bring: come });
  };
  parts.stops.push(ctx.state.on(["sel"], () => choose(true)));
  try {
    await showPublic(ctx, cells, tables);
    await places.load();
    await choose(!ctx.state.get().map);
  } catch (error) {
    fill(tables, h("p", { class: "empty" }, error.message));
  }
}

/** A click chooses: an incident or a place if there is one, else a cell; beside them lets go. */
function followClicks({ map, state, notify, signal }, cells, { pins, places, report }) {
  let clicks = 0;
  const click = async (event) => {
    if (report?.takes(event.lngLat)) return;
    const incident = pins?.at(event.point);
    const cell = map.queryRenderedFeatures(event.point, { layers: [cells.area()] })[0];
    const [mine, was] = [++clicks, state.get().sel];
    const place = incident ? null : await places.pick(event.point, event.lngLat).catch(notify);
    if (mine !== clicks || was !== state.get().sel || signal.aborted) return; // something else is chosen since
    const sel = incident ? `incident:${incident}` : place || (cell && cell.properties.code !== "" ? `cell:${cell.properties.code}` : undefined);
    state.set({ sel, only: "" });
  };
  map.on("click", click);
  return () => map.off("click", click);
}

export function unmount() {
  if (!parts) return;
  for (const stop of parts.stops) stop();
  parts.pins?.remove();
  parts.places.remove();
  parts.heat?.remove();
  parts.cells.remove();
  parts = null;
}
