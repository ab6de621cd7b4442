// Calendar windows: weeks from Monday, months, quarters, years; all half-open, as ISO days.

/** Widths of a window, in months. */
export const WINDOWS = { week: 0, month: 1, quarter: 3, year: 12 };
const iso = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10);

/** The first day of the window a day lies in. */
export function floor(day, width) {
  const date = new Date(`${day}T00:00Z`);
  if (width === "week") return iso(date - ((date.getUTCDay() + 6) % 7) * 86400000);
  const span = WINDOWS[width];
  return iso(Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / span) * span, 1));
}

/** The first day of a later window. */
export function shift(day, width, by) {
  const date = new Date(`${day}T00:00Z`);
  if (width === "week") return iso(date.getTime() + by * 7 * 86400000);
  return iso(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by * WINDOWS[width], 1));
}

/** Every window [start, end) that meets the days from first to before last. */
export function frames(first, last, width) {
  const found = [];
  for (let start = floor(first, width); start < last; start = shift(start, width, 1)) found.push([start, shift(start, width, 1)]);
  return found;
}
