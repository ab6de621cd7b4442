// What the map shows of the figures: classes or change by colour, or heat, with its legend.

import { levelTitle } from "../frame/header.js";
import { n, t } from "../frame/i18n.js";
import { DIVERGING, classOf, paint, ramp } from "../map/colours.js";
import { drawHeatLegend, drawLegend, drawPlacesLegend } from "./legend.js";
import { filterOf, inWords, isFew } from "./filter.js";

/** Classes up to the highest value that is shown. */
const capped = (breaks, most) => {
  const below = breaks.filter((top) => top < most);
  return most > 0 ? [...below, most] : breaks;
};

/** The change that all but one of twenty stay within: one outlier must not take the colour from all others. */
export function usualChange({ rows }) {
  const sizes = rows.filter((row) => row.kind !== "few").map((row) => Math.abs(row.value)).sort((a, b) => a - b);
  return sizes[Math.ceil(0.95 * sizes.length) - 1] || sizes.at(-1) || 0;
}

/** The nearest number of one digit and noughts. */
const round = (value) => Number(value.toPrecision(1)) || 1;

/** Classes of change in words, open at both ends. */
const spansOfChange = (tops) => [`≤ ${n(tops[0])}`, ...tops.slice(1, -1).map((top, index) => `${n(tops[index])} – ${n(top)}`), `> ${n(tops.at(-2))}`];

const codesOf = (rows, ...kinds) => rows.filter((row) => kinds.includes(row.kind)).map((row) => row.code);

export function createPicture(ctx, { cells, heat }) {
  const { state, panels, signal } = ctx;
  let fixed = null;
  let alarmed = [];
  let shown = null;
  let drawing = 0;

  function show(figures) {
    shown = figures;
    drawing += 1;
    const kind = state.get().kind ?? "choropleth";
    cells.show(kind !== "heat");
    if (kind !== "heat") heat.show(null);
    if (kind === "heat") showHeat().catch(ctx.notify);
    else if (figures.rows[0]?.n_before !== undefined) showChange(figures);
    else if (figures.permutations) showSpots(figures);
    else showClasses(figures);
  }

  function showClasses({ rows, breaks, unit, totals }) {
    const known = rows.filter((row) => row.value !== null && !isFew(row, unit));
    const tops = fixed ?? capped(breaks, Math.max(0, ...known.map((row) => row.value)));
    const colours = ramp(tops);
    const few = rows.filter((row) => row.value !== null && isFew(row, unit)).map((row) => row.code);
    cells.colour(paint(known, tops, colours));
    cells.few(few);
    cells.sure(alarmed);
    const zero = known.some((row) => row.value === 0);
    const none = rows.some((row) => row.value === null);
    const notes = alarmed.length ? [[t("alarms", { count: alarmed.length }), "sure"]] : [];
    drawLegend(panels.legend, { title: title(), unit: t(`unit_${unit}`), count: totals.placed, breaks: tops, colours, notes, zero, none, few: few.length > 0, fixed: Boolean(fixed), whole: unit === "count" });
  }

  /** Change by colour; a thick border says that it is more than chance. */
  function showChange({ rows, rate, totals, totals2, recorded_from: first }) {
    const most = fixed ?? usualChange({ rows });
    const wide = round((2 * most) / 7);
    const tops = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5].map((part) => part * wide);
    const known = rows.filter((row) => row.kind !== "few");
    cells.colour(Object.fromEntries(known.map((row) => [row.code, DIVERGING[classOf(row.value, tops)]])));
    mark(rows);
    const sure = codesOf(rows, "more", "less").length;
    const unknown = first ? t("unrecorded", { first }) : !totals2.total && t("none_before");
    const notes = unknown ? [[unknown, null]] : [[t("sure_change", { rate: n(rate * 100), count: sure }), "sure"]];
    drawLegend(panels.legend, { title: t("change_title"), unit: t("unit_change"), count: totals.placed + totals2.placed, names: unknown ? [] : spansOfChange(tops), colours: DIVERGING, few: known.length < rows.length, notes, fixed: fixed !== null });
  }

  function showSpots({ rows, rate, permutations, totals }) {
    const colours = { hot: DIVERGING[6], cold: DIVERGING[0] };
    cells.colour(Object.fromEntries(rows.filter((row) => colours[row.kind]).map((row) => [row.code, colours[row.kind]])));
    mark(rows);
    const names = [t("hot", { count: codesOf(rows, "hot").length }), t("cold", { count: codesOf(rows, "cold").length })];
    const notes = [[t("spots_about", { rate: n(rate * 100), permutations }), null]];
    drawLegend(panels.legend, { title: t("kind_hotspots"), unit: t("unit_count"), count: totals.placed, names, colours: [colours.hot, colours.cold], few: codesOf(rows, "few").length > 0, notes });
  }

  function mark(rows) {
    cells.few(codesOf(rows, "few"));
    cells.sure([...codesOf(rows, "more", "less"), ...alarmed]);
  }

  async function showHeat() {
    mark([]);
    const mine = drawing;
    const filter = filterOf(state.get());
    const scale = await heat.scale({ ...filter, peak: fixed }, { signal });
    if (mine !== drawing) return; // something else is drawn since
    heat.show(scale.n > 0 ? filter : null, scale.peak);
    drawHeatLegend(panels.legend, { title: t("kind_heat"), unit: `${t("unit_heat")} · ${inWords(state.get())[0][1]}`, count: scale.n, marks: scale.marks, fixed: Boolean(fixed), note: t("incidents.heat_about", { metres: scale.bandwidth }) });
  }

  const title = () => {
    const { kind, per, level } = state.get();
    const what = ["change", "hotspots", "heat"].includes(kind) ? t(`kind_${kind}`) : t(`per_${per || "count"}`);
    return `${what} · ${levelTitle(ctx.session, level)}`;
  };

  return {
    show,
    title,
    /** Name these layers of places under the legend. */
    beside: (layers) => drawPlacesLegend(panels.legend, layers),
    /** Give these codes the thick border of an alarm. */
    alarm(codes) {
      if (codes.join() === alarmed.join()) return;
      alarmed = codes;
      if (shown) show(shown);
    },
    /** Keep a scale whatever comes: classes, peak of a heat, largest change; null lets it follow the figures again. */
    fix(scale) {
      fixed = scale;
      if (shown) show(shown);
    },
    figures: () => shown,
    words: () => inWords(state.get()),
  };
}
