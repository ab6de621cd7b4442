// Figures of the cells an edit touches, before and after.

import { h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";

/** answer: {before, after: [{code, area_m2, people, incidents}], gained, notices}. */
export function showFigures({ before, after, gained, notices }) {
  const was = new Map(before.map((one) => [one.code, one]));
  const only = new Set(gained);
  const now = after.filter((one) => !only.has(one.code));
  const gone = before.filter((one) => !only.has(one.code) && !after.some((other) => other.code === one.code));
  const people = after.some((one) => one.people !== null);
  const head = [t("cell"), "ha", people && t("people"), t("incidents")].filter(Boolean);
  const cell = (value, old) => h("td", { class: "number" }, value === null ? "–" : n(value), old !== undefined && old !== value && h("div", { class: "soft small" }, t("cells.was", { value: n(old) })));
  const row = (one) => {
    const old = was.get(one.code);
    return h("tr", {}, h("th", { scope: "row" }, one.code), cell(one.area_m2 / 10000, old && old.area_m2 / 10000), people && cell(one.people, old?.people), cell(one.incidents, old?.incidents));
  };
  return [
    h("table", {}, h("caption", { class: "caption" }, t("cells.outcome")), h("thead", {}, h("tr", {}, head.map((text, i) => h("th", { scope: "col", class: i ? "number" : null }, text)))), h("tbody", {}, now.map(row))),
    gone.length > 0 && h("p", {}, t("cells.vanish", { codes: gone.map((one) => one.code).join(", ") })),
    gained.length > 0 && h("p", { class: "soft" }, t("cells.gained", { codes: gained.join(", ") })),
    notices.map((text) => h("p", { class: "warn" }, text)),
  ];
}
