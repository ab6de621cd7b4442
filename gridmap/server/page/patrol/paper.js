// What the Patrol workspace prints: what is reached, each unit's route with its stops in order, what
// is not visited and why. The sheet for the crews is its own page (Print sheet).

import { h } from "../frame/dom.js";
import { n, pair, t } from "../frame/i18n.js";
import { reachedOf, stopsOf } from "./outcome.js";

const clock = (text) => text.slice(11, 16);

export function paperOf(patrol, name) {
  const { asked: { shift }, plan } = patrol;
  const when = pair(t("patrol.page_shift"), `${[shift.date, `${shift.start.slice(-5)}–${shift.end.slice(-5)}`].filter(Boolean).join(" ")} (${shift.zone})`);
  if (!plan) return { title: name, lines: [when, t("patrol.page_unsolved")] };
  const reached = reachedOf(plan).map(([what, have, wanted]) => `${have >= wanted ? "✓" : "✗"} ${pair(what, `${n(have)} / ${n(wanted)}`)}`).join(" · ");
  return { title: name, lines: [when, reached], table: h("div", {}, routesOf(plan), unservedOf(plan)) };
}

function routesOf({ units }) {
  const columns = ["unit", "mode", "leave", "back", "visits"].map((key) => t(`patrol.${key}`));
  const head = [...columns, "km", t("patrol.stops")];
  const row = (unit, index) => {
    const key = h("i", { class: `unit-key unit-${index % 8}` });
    const stops = stopsOf(unit).map((visit, at) => [h("strong", {}, n(at + 1)), ` ${visit.stop} ${clock(visit.arrive)}   `]);
    const cells = [[key, ` ${unit.name}`], t(`patrol.mode_${unit.mode}`), clock(unit.leave), clock(unit.back), n(stopsOf(unit).length), n(unit.metres / 1000, 1), stops];
    return h("tr", {}, cells.map((words) => h("td", { class: words !== stops && "whole" }, words)));
  };
  return h("table", {}, h("thead", {}, h("tr", {}, head.map((words) => h("th", {}, words)))), h("tbody", {}, units.map(row)));
}

function unservedOf({ unserved }) {
  if (!unserved.length) return h("p", {}, t("patrol.all_served"));
  const row = ({ stop, missing, message }) => h("tr", {}, h("td", {}, missing > 1 ? `${stop} (${n(missing)})` : stop), h("td", {}, message));
  return [h("h3", {}, t("patrol.page_unserved", { count: unserved.length })), h("table", {}, h("tbody", {}, unserved.map(row)))];
}
