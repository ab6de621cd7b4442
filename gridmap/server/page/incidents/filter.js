// Which part of the view filters incidents, and how it reads in words.

import { has, n, t, weekdays } from "../frame/i18n.js";

export const FILTERS = ["start", "end", "category", "source", "status", "weekday", "hour"];
export const FIGURES = ["level", "per", "kind", "start2", "end2"];

const pick = (view, names) => Object.fromEntries(names.filter((name) => view[name] !== undefined).map((name) => [name, view[name]]));

/** The query of a view's filters. */
export const filterOf = (view) => pick(view, FILTERS);

/** The filters and what is drawn of them. */
export const figuresOf = (view, plan) => ({ ...pick(view, [...FILTERS, "level", "per", "start2", "end2"]), plan });

/** Where the figures of a kind of layer come from. */
export const pathOf = (view) => `/incidents/${{ hotspots: "hotspots", change: view.start2 ? "changes" : "figures" }[view.kind] ?? "figures"}`;

/** Fewest people a rate means something for: two residents of a square make 68,000 per 1,000. */
const FEW_PEOPLE = 50;

/** Whether a rate is of too few people to mean anything. */
export const isFew = (row, unit) => unit === "per_1000" && row.people < FEW_PEOPLE;

/** The rows of figures as they are told: a rate of too few people has no value. */
export const told = ({ rows, unit }) => rows.map((row) => (isFew(row, unit) ? { ...row, value: null, few: true } : row));

/** What a category, source or status is called; the page's own have words in every language. */
export const called = (name, value) => (has(`${name}_${value}`) ? t(`${name}_${value}`) : value || t(`without_${name}`));

/** The filters as [name, words] pairs, for titles, prints and exports. */
export function inWords(view) {
  const names = weekdays();
  const pairs = [[t("period"), `${view.start ?? t("beginning")} – ${view.end ?? t("today")}`]];
  if (view.start2) pairs.push([t("period_b"), `${view.start2} – ${view.end2 ?? t("today")}`]);
  for (const name of ["category", "source", "status"]) if (view[name]) pairs.push([t(name), view[name].map((one) => called(name, one)).join(t("comma"))]);
  if (view.weekday) pairs.push([t("weekdays"), view.weekday.map((one) => names[one]).join(t("comma"))]);
  if (view.hour) pairs.push([t("hours"), hourText(view.hour)]);
  return pairs;
}

const hourText = (hours) => {
  const [from, to] = hourSpan(hours);
  return from === null ? hours.map((hour) => n(Number(hour))).join(t("comma")) : `${from}:00 – ${to}:00`;
};

/** The one span [from, to) that a list of hours makes around the clock, else [null, null]. */
export function hourSpan(hours) {
  const set = new Set((hours ?? []).map(Number));
  if (!set.size || set.size === 24) return [0, 24];
  const starts = [...set].filter((hour) => !set.has((hour + 23) % 24));
  if (starts.length !== 1) return [null, null];
  return [starts[0], (starts[0] + set.size) % 24 || 24];
}

/** Hours of a span; over midnight too. */
export const hoursOf = (from, to) => {
  const count = (to - from + 24) % 24 || 24;
  return count === 24 ? [] : Array.from({ length: count }, (_, index) => String((from + index) % 24));
};
