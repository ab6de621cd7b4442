// A unit's route, stop by stop: the next one large, done or left out with a tap. On a phone this is
// what a crew sees. Kept is what became of the visit: never who, when or where somebody is.

import { button, byId, h } from "../frame/dom.js";
import { roving } from "../frame/groups.js";
import { pair, t } from "../frame/i18n.js";
import { stopsOf } from "./outcome.js";

const SKIPPED = ["closed", "road", "called", "late"];
const clock = (text) => text.slice(11, 16);
/** The second click of a double click would be for the next stop, which nobody has seen yet. */
const single = (act) => (event) => event.detail < 2 && act();
const minutes = (milliseconds) => Math.round(milliseconds / 60000);

export function createCrew(desk) {
  let picked = null;
  let of = null;
  let asking = false;

  const unitOf = (name) => desk.patrol().plan.units.find((one) => one.name === name);

  /** The visit shown large: the one picked, else the first still open. */
  function visit(name) {
    if (of !== name) {
      [picked, of, asking] = [null, name, false];
      byId("panels").scrollTop = 0;
    }
    const stops = stopsOf(unitOf(name));
    return stops.find((one) => one.arrive === picked) ?? stops.find((one) => desk.marked(one) === "open");
  }

  function pick(one) {
    [picked, asking] = [one?.arrive ?? null, false];
    desk.drawChoice();
    desk.routes.show();
  }

  async function mark(one, what) {
    [picked, asking] = [null, false];
    const name = of;
    await desk.mark(one, what);
    if (desk.chosenUnit() !== name) return;
    const next = visit(of);
    desk.ctx.speak(next ? pair(t("patrol.page_next"), `${next.stop}, ${clock(next.arrive)}`) : t("patrol.page_all_handled"));
    desk.routes.show();
  }

  function element(name) {
    const { plan } = desk.patrol();
    const unit = unitOf(name);
    const index = plan.units.indexOf(unit);
    const stops = stopsOf(unit);
    const now = visit(name);
    const handled = stops.filter((one) => desk.marked(one) !== "open").length;
    const close = button("×", () => desk.chooseUnit(null), { class: "icon", "aria-label": t("let_go"), title: t("let_go"), "data-key": "let-go" });
    return h("div", { class: `stack crew unit-${index % 8}` },
      h("div", { class: "row between whole" }, h("h2", { class: "row" }, h("i", { class: "unit-key" }), name), close),
      h("p", { class: "soft" }, `${t(`patrol.mode_${unit.mode}`)} · ${clock(unit.leave)}–${clock(unit.back)} · ${t("patrol.page_handled", { handled, visits: stops.length })}`),
      now ? next(unit, now, stops.indexOf(now) + 1) : h("p", { class: "empty" }, t("patrol.page_all_handled")),
      list(unit, now));
  }

  function next(unit, one, number) {
    const { stops, asked } = desk.patrol();
    const about = stops.find((stop) => stop.name === one.stop) ?? asked.stop.find((stop) => stop.name === one.stop) ?? {};
    const at = unit.visits.indexOf(one);
    const before = unit.visits[at - 1];
    const ride = minutes(Date.parse(one.arrive) - Date.parse(before?.leave ?? unit.leave));
    const what = [about.category, about.required && t("patrol.required")].filter(Boolean).join(" · ");
    const state = desk.marked(one);
    return h("div", { class: "crew-next" },
      h("p", { class: "caption" }, picked ? t("patrol.stop") : t("patrol.page_next")),
      h("p", { class: "crew-stop" }, h("span", { class: "crew-number" }, String(number)), one.stop),
      h("p", {}, h("span", { class: "crew-time" }, clock(one.arrive)), " ", t("patrol.page_stay_for", { minutes: Math.round(one.dwell_s / 60), time: clock(one.leave) })),
      about.why && h("p", {}, t("patrol.page_why", { count: Number(about.why) || about.why })),
      h("p", { class: "soft" }, [ride > 0 && t("patrol.page_way_there", { minutes: ride }), what].filter(Boolean).join(" · ")),
      before?.break && h("p", { class: "warn" }, t("patrol.page_break_first", { time: clock(before.arrive), minutes: Math.round(before.dwell_s / 60) })),
      state === "open" ? acts(one) : h("div", { class: "row" }, h("strong", {}, t(`patrol.mark_${state}`)), button(t("patrol.page_reopen"), () => mark(one, "open"), { "data-key": "reopen" })));
  }

  function acts(one) {
    if (asking) return h("div", { class: "crew-acts", role: "group", "aria-label": t("patrol.page_skip_why") }, SKIPPED.map((why) => button(t(`patrol.mark_${why}`), single(() => mark(one, why)), { "data-key": `skip-${why}` })), button(t("cancel"), () => pick(one), { "data-key": "skip-not" }));
    const ask = () => {
      asking = true;
      desk.drawChoice();
      document.querySelector("[data-key=skip-closed]")?.focus();
    };
    return h("div", { class: "crew-acts" }, button(t("patrol.page_done"), single(() => mark(one, "done")), { class: "primary", "data-key": "mark-done" }), button(t("patrol.page_skip"), ask, { "data-key": "skip" }));
  }

  function list(unit, now) {
    let number = 0;
    const row = (one) => {
      if (one.break) return h("li", { class: "soft row" }, h("span", {}, clock(one.arrive)), t("patrol.break"));
      number += 1;
      const state = desk.marked(one);
      const sign = { open: "", done: "✓ " }[state] ?? "✗ ";
      return h("li", { class: `row between${state === "open" ? "" : " soft"}`, "aria-current": one === now ? "true" : null },
        button(`${clock(one.arrive)}  ${number} ${one.stop}`, () => pick(one), { class: "link", "data-key": `visit-${number}` }),
        state !== "open" && h("span", { class: "small" }, sign + t(`patrol.mark_${state}`)));
    };
    return roving(h("ol", { class: "plain-list" }, unit.visits.map(row)), 1);
  }

  return { element, visit };
}
