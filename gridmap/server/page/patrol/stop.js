// The chosen stop: when it is visited and by whom, or why not; who must go; taking it out.

import { button, field, h, select } from "../frame/dom.js";
import { moment, n, t } from "../frame/i18n.js";

/** The stop as it is asked for: its own row, or one made of a hot cell. */
export function askedStop(patrol, name, make = false) {
  const mine = patrol.asked.stop.find((stop) => stop.name === name);
  if (mine || !make) return mine;
  const found = patrol.stops.find((stop) => stop.name === name);
  if (!found) return undefined;
  const copy = { ...found, unit: undefined };
  patrol.asked.stop.push(copy);
  return copy;
}

export function showStop(desk, name) {
  const patrol = desk.patrol();
  const stop = askedStop(patrol, name) ?? patrol.stops.find((one) => one.name === name);
  const close = button("×", () => desk.choose(null), { class: "icon", "aria-label": t("let_go"), title: t("let_go"), "data-key": "let-go" });
  if (!stop) return h("div", { class: "row between" }, h("p", { class: "empty" }, name), close);
  return h("div", { class: "stack" }, h("div", { class: "row between whole" }, h("h2", {}, name), close),
    h("p", { class: "soft" }, [stop.category, stop.required ? t("patrol.required") : t("patrol.page_worth", { prize: stop.prize ?? 1 })].filter(Boolean).join(" · ")),
    stop.why && h("p", {}, t("patrol.page_why", { count: Number(stop.why) || stop.why })),
    visits(patrol, name), reason(patrol, name), controls(desk, patrol, stop));
}

function visits(patrol, name) {
  const rows = (patrol.plan?.units ?? []).flatMap((unit) => unit.visits.filter((visit) => visit.stop === name).map((visit) => h("li", {}, `${moment(visit.arrive)} – ${visit.leave.slice(11, 16)} · ${unit.name}`)));
  return rows.length ? h("div", { class: "tight" }, h("h3", {}, t("patrol.visits")), h("ul", { class: "plain-list" }, rows)) : null;
}

function reason(patrol, name) {
  const row = patrol.plan?.unserved.find((one) => one.stop === name);
  return row ? h("p", { class: "warn" }, `${t("patrol.unserved")} (${n(row.missing)}): ${row.message}`) : null;
}

function controls(desk, patrol, stop) {
  const change = (patch) => {
    Object.assign(askedStop(patrol, stop.name, true), patch);
    desk.touch();
  };
  const units = [["", t("patrol.page_any")], ...patrol.asked.unit.map((unit) => [unit.name, unit.name])];
  const own = patrol.asked.stop.includes(stop);
  const input = (value, key, least) => h("input", { type: "number", min: least, value, "data-key": key, onchange: (event) => change({ [key]: Number(event.target.value) }) });
  const gone = () => {
    patrol.asked.stop.splice(patrol.asked.stop.indexOf(stop), 1);
    desk.choose(null);
    desk.touch();
  };
  return h("div", { class: "stack" }, h("div", { class: "fields" },
    h("div", { class: "wide" }, field(t("patrol.page_who"), select(units, stop.unit ?? "", (unit) => change({ unit }), { "data-key": "who" }))),
    field(t("patrol.page_dwell"), input(stop.dwell_min ?? 10, "dwell_min", 0)), field(t("patrol.visits"), input(stop.visits ?? 1, "visits", 1)),
    field(t("patrol.page_spacing"), input(stop.spacing_min ?? 0, "spacing_min", 0)),
    field(t("patrol.category"), h("input", { type: "text", value: stop.category ?? "", "data-key": "category", onchange: (event) => change({ category: event.target.value.trim() }) }))),
    h("label", { class: "row" }, h("input", { type: "checkbox", checked: stop.required === true, "data-key": "required", onchange: (event) => change({ required: event.target.checked }) }), t("patrol.page_must")),
    own && h("div", {}, button(t("patrol.page_take_out"), gone, { "data-key": "take-out" })));
}
