// A cell's months as a line, with the range its own earlier years make usual.

import uPlot from "uplot";

import { t } from "../frame/i18n.js";
import { axesOf, ink } from "./axes.js";
import { frames } from "./windows.js";

const YEARS = 2;

/**
 * The usual range of a month is its mean over the other years plus and minus two standard
 * deviations of a count (square root of the mean); unknown with fewer than two other years.
 */
export function usual(months, counts) {
  return months.map((month, index) => {
    const others = counts.filter((_, other) => other !== index && months[other].slice(5) === month.slice(5));
    if (others.length < YEARS) return [null, null];
    const mean = others.reduce((sum, one) => sum + one, 0) / others.length;
    return [Math.max(0, mean - 2 * Math.sqrt(mean)), mean + 2 * Math.sqrt(mean)];
  });
}

const monthsOf = (period) => (period ? frames(period[0], period[1], "month").map(([start]) => start) : []);

/** Whether a period is long enough for any month to have a usual range. */
export const hasRange = (period) => monthsOf(period).length > 12 * YEARS;

/** Whether there are two months to draw a line between. */
export const hasTrend = (period) => monthsOf(period).length > 1;

export function drawTrend(element, bars, period) {
  const count = Object.fromEntries(bars.map((bar) => [bar.start, bar.n]));
  const months = monthsOf(period);
  const counts = months.map((month) => count[month] ?? 0);
  const range = usual(months, counts);
  const line = (stroke, width) => ({ stroke, width, points: { show: false } });
  new uPlot(
    {
      width: Math.max(200, element.clientWidth),
      height: 120,
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
      scales: { y: { range: (_, low, high) => [0, Math.max(1, high)] } },
      axes: axesOf(),
      series: [{}, line("transparent", 0), line("transparent", 0), line(ink("--accent"), 1.5)],
      bands: [{ series: [1, 2], fill: `color-mix(in srgb, ${ink("--accent")} 22%, transparent)` }],
    },
    [months.map((month) => Date.parse(`${month}T00:00Z`) / 1000), range.map(([, high]) => high), range.map(([low]) => low), counts],
    element,
  );
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", t("trend_about", { last: counts.at(-1) ?? 0 }));
}
