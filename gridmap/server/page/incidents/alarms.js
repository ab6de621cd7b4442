// Alarms: cells whose count of a month leaves their own history; what each says, and how often chance would say it.

import { button, fill, h } from "../frame/dom.js";
import { roving } from "../frame/groups.js";
import { n, percent, t } from "../frame/i18n.js";
import { filterOf } from "./filter.js";
import { frames, shift } from "./windows.js";

/** Months of history an alarm needs. */
const SHORTEST = 6;

/** Months beyond which nobody counts: more than eight hundred years. */
const HARDLY = 10_000;

/** marked(codes) is told which cells or groups raise an alarm; none while others are looked at. */
export function createAlarms(ctx, marked) {
  const { api, state, session, plan } = ctx;
  const element = h("div", { role: "tabpanel", class: "stack", "aria-labelledby": "tab-alarms", hidden: true });
  const body = h("div", { class: "stack" });
  const take = () => input.value && input.checkValidity() && state.set({ month: input.value });
  const months = session.period ? frames(session.period[0], shift(session.period[1], "month", 1), "month").map(([start]) => start.slice(0, 7)).slice(SHORTEST) : [];
  const input = h("input", { type: "month", min: months[0] ?? null, max: months.at(-1) ?? null, disabled: !months.length, "aria-label": t("month"), onchange: take, "data-key": "alarm-month" });
  const go = (by) => () => state.set({ month: shift(`${month()}-01`, "month", by).slice(0, 7) });
  const back = button("◀", go(-1), { "aria-label": t("incidents.month_before"), title: t("incidents.month_before"), "data-key": "month-before" });
  const on = button("▶", go(1), { "aria-label": t("incidents.month_after"), title: t("incidents.month_after"), "data-key": "month-after" });
  fill(element, h("p", { class: "soft small" }, t("incidents.alarms_what")), h("div", { class: "row" }, back, input, on), body);
  let found = null;

  /** The month asked for, else the one the period ends in, else the last; none before the first that can be judged. */
  function month() {
    const { month: asked, end } = state.get();
    const wanted = asked ?? (end ? shift(end, "month", end.endsWith("-01") ? -1 : 0).slice(0, 7) : months.at(-1));
    return months.findLast((one) => one <= wanted) ?? months[0];
  }

  let asking = new AbortController();
  ctx.signal.addEventListener("abort", () => asking.abort());

  async function load() {
    const view = state.get();
    asking.abort(); // of months chosen quickly the last one counts, and none once the tab is left
    element.hidden = view.tab !== "alarms";
    if (element.hidden) return marked([]);
    back.disabled = !months.length || month() === months[0];
    on.disabled = !months.length || month() === months.at(-1);
    if (!months.length) return fill(body, h("p", { class: "empty" }, t("incidents.alarms_short", { least: SHORTEST })));
    if (input !== document.activeElement) input.value = month();
    const { start, end, ...filter } = filterOf(view);
    asking = new AbortController();
    try {
      found = await api.get("/incidents/alarms", { ...filter, month: `${month()}-01`, level: view.level, plan: plan().id }, { signal: asking.signal });
    } catch (error) {
      if (error.name === "AbortError") return;
      found = null;
      marked([]);
      return fill(body, h("p", { class: "empty" }, error.message));
    }
    marked(found.rows.map((row) => row.code));
    draw();
  }

  function draw() {
    const { rows, units, rate, false_expected: wrong } = found;
    const of = { total: units, what: t(state.get().level ? "incidents.of_groups" : "incidents.of_cells") };
    const said = rows.length ? t("incidents.alarms_found", { count: rows.length, ...of }) : t("alarms_none");
    fill(
      body,
      h("div", { class: "tight", role: "status" }, h("strong", {}, said), h("p", { class: "soft small" }, t("incidents.alarms_chance", { ...of, rate: percent(rate), expected: wrong }))),
      rows.length > 0 && roving(h("ul", { class: "list" }, rows.map(line)), 1),
    );
  }

  function line({ code, n: count, expected, p }) {
    const chosen = state.get().sel === `cell:${code}`;
    const times = expected > 0 ? t("incidents.alarm_times", { times: count / expected }) : t("incidents.alarm_new");
    const open = () => state.set({ sel: `cell:${code}`, start: `${month()}-01`, end: shift(`${month()}-01`, "month", 1) });
    return h("li", { "aria-current": chosen ? "true" : null }, h("button", { type: "button", onclick: open, "data-key": `alarm-${code}` }, h("span", { class: "row between" }, h("strong", {}, code || t("no_group")), h("span", {}, times)), h("span", { class: "soft small" }, reckoned(count, expected, oneIn(p)))));
  }

  return { element, load, choose: () => found && !element.hidden && draw() };
}

/** What an alarm says; a chance beyond all history is a word, not a number. */
const reckoned = (count, expected, chance) => (chance < HARDLY ? t("incidents.alarm_says", { n: count, expected, chance }) : t("incidents.alarm_hardly", { n: count, expected }));

/** A chance as people say it: one in so many. */
const oneIn = (p) => (p > 0 ? Number((1 / p).toPrecision(2)) : Infinity);
