// The axes of small charts: time below, whole numbers beside, with room for the longest of them.

import { n, tick } from "../frame/i18n.js";

const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 9 }, (_, zeros) => digit * 10 ** zeros)).sort((a, b) => a - b);
const DIGIT = 7;
const GAP = 18;

/** A colour of the page by its name. */
export const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** For uPlot's option `axes`: [time, counts]. */
export function axesOf(more = {}) {
  const axis = { stroke: ink("--soft"), grid: { show: false }, font: "11px system-ui, sans-serif", ...more };
  const room = (_, values) => GAP + DIGIT * Math.max(1, ...(values ?? []).map((value) => value.length));
  return [
    { ...axis, size: 28, values: (_, ticks, __, ___, step) => ticks.map((at) => tick(at, step)) },
    { ...axis, size: room, space: 20, incrs: WHOLE, values: (_, ticks) => ticks.map((at) => n(at)) },
  ];
}
