// Kind of layer and measure.

import { button, fill, h } from "../frame/dom.js";
import { toolbar } from "../frame/groups.js";
import { t } from "../frame/i18n.js";
import { floor, shift } from "./windows.js";

const SHORTCUTS = { kind: "k", per: null };
const KINDS = ["choropleth", "heat", "hotspots", "change"];

const iso = (date) => date.toISOString().slice(0, 10);

/** Months of a period that begins and ends with a month; else 0. */
const monthsOf = (from, to) => (from.getUTCDate() === 1 && to.getUTCDate() === 1 ? 12 * (to.getUTCFullYear() - from.getUTCFullYear()) + to.getUTCMonth() - from.getUTCMonth() : 0);

/** The period of the same length before one (so many months before whole months), or the same a year earlier. */
export function before(start, end, year) {
  const [from, to] = [new Date(`${start}T00:00Z`), new Date(`${end}T00:00Z`)];
  const months = monthsOf(from, to);
  if (months > 0 && !year) return [shift(start, "month", -months), start];
  if (year) return [from, to].map((date) => iso(new Date(Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), date.getUTCDate()))));
  return [iso(new Date(from - (to - from))), start];
}

export function createControls({ state, session }) {
  const element = h("div", { class: "stack" });
  const choice = (label, key, names, chosen, pick) =>
    h("fieldset", { class: "tight", "aria-keyshortcuts": SHORTCUTS[key] }, h("legend", {}, label), toolbar(h("div", { class: "choice" }, names.map((name) => button(t(`${key}_${name}`), () => pick(name), { "aria-pressed": String(name === chosen), "data-key": `${key}-${name}` }))), label));

  /** The period compared: the one chosen, else the last whole month there is. */
  function comparable() {
    const { start, end } = state.get();
    if (start && end) return [start, end];
    const last = Date.parse(`${session.period?.[1] ?? session.today}T00:00Z`);
    const next = floor(iso(new Date(last + 86400000)), "month");
    return [shift(next, "month", -1), next];
  }

  function kind(name) {
    if (name !== "change") return state.set({ kind: name === "choropleth" ? "" : name, start2: "", end2: "" });
    compare(false);
  }

  function compare(year, how) {
    const [start, end] = comparable();
    const [start2, end2] = before(start, end, year);
    state.set({ kind: "change", per: "", start, end, start2, end2 }, how);
  }

  /** Where a change has no period to compare with, take the one before. Answers whether it had none. */
  function complete() {
    const { kind: now, start2 } = state.get();
    if (now !== "change" || start2) return false;
    compare(false, { replace: true });
    return true;
  }

  let drawn = null;
  /** Draw what depends on the view anew only where that changes: while periods play, buttons stay. */
  function update() {
    const view = state.get();
    const wanted = `${view.kind}|${view.per}`;
    if (wanted === drawn) return;
    drawn = wanted;
    const change = view.kind === "change";
    fill(
      element,
      choice(t("kind"), "kind", KINDS, view.kind ?? "choropleth", kind),
      !["heat", "change"].includes(view.kind) && choice(t("per"), "per", session.measures.map((measure) => measure.per), view.per || "count", (per) => state.set({ per: per === "count" ? "" : per })),
      change && toolbar(h("div", { class: "row" }, button(t("previous"), () => compare(false), { "data-key": "previous" }), button(t("last_year"), () => compare(true), { "data-key": "last-year" })), t("period_b")),
    );
  }
  return { element, update, complete };
}
