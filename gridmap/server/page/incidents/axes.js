// The axes of small charts: time below, whole numbers beside, with room for the longest of them.

import { n, tick } from "../frame/i18n.js";

const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 9 }, (_, zeros) => digit * 10 ** zeros)).sort((a, b) => a - b);
const DIGIT = 7;
const GAP = 18;

/** A colour of the page by its name. */
export const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Nought and the multiples of the largest round number the chart reaches: never nought alone. */
function splits(_plot, _axis, _low, high) {
  const step = WHOLE.findLast((one) => one <= high) ?? 1;
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, times) => times * step);
}

/** For uPlot's option `axes`: [time, counts]. */
export function axesOf(more = {}) {
  const axis = { stroke: ink("--soft"), grid: { show: false }, font: "11px system-ui, sans-serif", ...more };
  const room = (_, values) => GAP + DIGIT * Math.max(1, ...(values ?? []).map((value) => value.length));
  return [
    { ...axis, size: 28, values: (_, ticks, __, ___, step) => ticks.map((at) => tick(at, step)) },
    { ...axis, size: room, space: 20, incrs: WHOLE, splits, values: (_, ticks) => ticks.map((at) => n(at)) },
  ];
}
