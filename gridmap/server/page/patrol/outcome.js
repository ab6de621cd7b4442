// What came of it: what is reached, what is handed over, each unit's route, what is not visited.

import { button, h } from "../frame/dom.js";
import { roving, toolbar } from "../frame/groups.js";
import { language, n, pair, t } from "../frame/i18n.js";

export const stopsOf = (unit) => unit.visits.filter((visit) => !visit.break);

/** What is reached of what is wanted: [name, reached, wanted] of required stops and of each minimum. */
export function reachedOf(plan) {
  const reached = (minimums, how = "") => Object.entries(minimums).map(([name, row]) => [`${name}${how}`, row.visited, row.wanted]);
  const byMode = Object.entries(plan.mode_minimums ?? {}).flatMap(([mode, minimums]) => reached(minimums, ` (${t(`patrol.mode_${mode}`)})`));
  return [[t("patrol.required"), plan.required.served, plan.required.wanted], ...reached(plan.minimums), ...byMode];
}

/** What the plan reaches, in one glance. */
export function verdict({ plan }) {
  if (!plan) return h("p", { class: "empty" }, t("patrol.page_unsolved"));
  return h("ul", { class: "patrol-verdict" }, reachedOf(plan).map(([name, have, wanted]) => h("li", { class: have >= wanted ? "good" : "bad" }, `${have >= wanted ? "✓" : "✗"} ${pair(name, `${n(have)} / ${n(wanted)}`)}`)));
}

export function handover(api, patrol) {
  if (!patrol.plan) return null;
  const path = `${api.root}/patrols/${patrol.id}`;
  const link = (href, text, attributes) => h("a", { class: "button", href, ...attributes }, text);
  return toolbar(h("div", { class: "row" },
    link(`${path}/sheet?lang=${language()}`, t("patrol.page_print"), { target: "_blank", rel: "noopener", "aria-keyshortcuts": "p", "data-key": "print" }),
    link(`${path}/files.zip?lang=${language()}`, t("patrol.page_files"), { title: t("patrol.page_files_what"), "aria-keyshortcuts": "e", "data-key": "files" })), t("files"));
}

/** Each unit: a click shows its route, and on a phone its next stop. */
export function routeList(desk) {
  const { plan, id } = desk.patrol();
  if (!plan) return null;
  const row = (unit, index) => {
    const stops = stopsOf(unit);
    const handled = stops.filter((visit) => desk.marked(visit) !== "open").length;
    const text = handled ? t("patrol.page_handled", { handled, visits: stops.length }) : t("patrol.page_route", { visits: stops.length, km: n(unit.metres / 1000, 1) });
    return h("li", { class: "row between", "aria-current": unit.name === desk.chosenUnit() ? "true" : null },
      h("span", { class: "row" }, h("i", { class: `unit-key unit-${index % 8}` }), button(unit.name, () => desk.chooseUnit(unit.name), { class: "link", "data-key": `route-${index}` })),
      h("span", { class: "row soft small" }, text, h("a", { href: `${desk.ctx.api.root}/patrols/${id}/gpx/${index + 1}`, "aria-label": `GPX ${unit.name}` }, "GPX")));
  };
  return h("div", { class: "tight" }, h("h3", {}, t("patrol.page_routes")), roving(h("ul", { class: "plain-list" }, plan.units.map(row)), 2));
}

export function unservedList(desk) {
  const { plan } = desk.patrol();
  if (!plan) return null;
  if (!plan.unserved.length) return h("p", { class: "soft" }, t("patrol.all_served"));
  const rows = plan.unserved.map((row, index) => h("li", {}, button(row.missing > 1 ? `${row.stop} (${n(row.missing)})` : row.stop, () => desk.choose(row.stop), { class: "link", "data-key": `unserved-${index}` }), h("p", { class: "soft small" }, row.message)));
  return h("div", { class: "tight" }, h("h3", {}, t("patrol.page_unserved", { count: plan.unserved.length })), roving(h("ul", { class: "plain-list" }, rows), 1));
}
