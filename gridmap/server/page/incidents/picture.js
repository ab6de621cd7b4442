// What the map shows of the figures: classes or change by colour, or heat, with its legend.

import { fill } from "../frame/dom.js";
import { levelTitle } from "../frame/header.js";
import { t } from "../frame/i18n.js";
import { DIVERGING, classOf, paint, ramp } from "../map/colours.js";
import { drawHeatLegend, drawLegend } from "./legend.js";
import { filterOf, inWords } from "./filter.js";

/** Fewest incidents, over both periods, a change is coloured for. */
const FEW = 5;
/** Fewest people a rate means something for: two residents of a square make 68,000 per 1,000. */
const FEW_PEOPLE = 50;

const isFew = (row, unit) => unit === "per_1000" && row.people < FEW_PEOPLE;

/** Classes up to the highest value that is shown. */
const capped = (breaks, most) => {
  const below = breaks.filter((top) => top < most);
  return most > 0 ? [...below, most] : breaks;
};

/** The largest change, either way, that is coloured. */
export const largestChange = ({ rows }) => Math.max(0, ...rows.filter((row) => row.n + row.n2 >= FEW).map((row) => Math.abs(row.change)));

export function createPicture(ctx, { cells, heat }) {
  const { state, panels } = ctx;
  let fixed = null;
  let shown = null;

  function show(figures) {
    shown = figures;
    const kind = state.get().kind ?? "choropleth";
    cells.show(kind !== "heat");
    if (kind !== "heat") heat.show(null);
    if (kind === "heat") showHeat(figures).catch(ctx.notify);
    else if (kind === "change" && figures.totals2) showChange(figures);
    else showClasses(figures);
  }

  function showClasses({ rows, breaks, unit, totals }) {
    const known = rows.filter((row) => row.value !== null && !isFew(row, unit));
    const tops = fixed ?? capped(breaks, Math.max(0, ...known.map((row) => row.value)));
    const colours = ramp(tops);
    const few = rows.filter((row) => row.value !== null && isFew(row, unit)).map((row) => row.code);
    cells.colour(paint(known, tops, colours));
    cells.few(few);
    const zero = known.some((row) => row.value === 0);
    const none = rows.some((row) => row.value === null);
    drawLegend(panels.legend, { title: title(), unit: t(`unit_${unit}`), count: totals.placed, breaks: tops, colours, zero, none, few: few.length > 0, fixed: Boolean(fixed), whole: unit === "count" });
  }

  function showChange({ rows, unit, totals, totals2 }) {
    const few = rows.filter((row) => row.n + row.n2 < FEW).map((row) => row.code);
    const most = fixed ?? largestChange({ rows });
    const tops = [-5 / 7, -3 / 7, -1 / 7, 1 / 7, 3 / 7, 5 / 7, 1].map((part) => part * most);
    const painted = {};
    for (const row of rows) if (row.n + row.n2 >= FEW) painted[row.code] = DIVERGING[classOf(row.change, tops)];
    cells.colour(painted);
    cells.few(few);
    const count = totals.placed + (totals2?.placed ?? 0);
    drawLegend(panels.legend, { title: t("change_title"), unit: t(`unit_${unit}`), count, breaks: tops, colours: DIVERGING, few: few.length > 0, fixed: fixed !== null });
  }

  async function showHeat(figures) {
    cells.few([]);
    const filter = filterOf(state.get());
    const scale = await heat.scale({ ...filter, peak: fixed });
    if (shown !== figures || state.get().kind !== "heat") return;
    heat.show(filter, scale.peak);
    drawHeatLegend(panels.legend, { title: t("kind_heat"), unit: t("unit_heat"), count: scale.n, marks: scale.marks, fixed: Boolean(fixed) });
  }

  const title = () => {
    const { per, level } = state.get();
    return `${t(`per_${per || "count"}`)} · ${levelTitle(ctx.session, level)}`;
  };

  return {
    show,
    title,
    /** Keep a scale whatever comes: classes, peak of a heat, largest change; null lets it follow the figures again. */
    fix(scale) {
      fixed = scale;
      if (shown) show(shown);
    },
    figures: () => shown,
    words: () => inWords(state.get()),
    clear: () => fill(panels.legend),
  };
}
