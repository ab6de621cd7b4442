// What the Cells workspace prints: whether the plan covers the city, what is chosen or in hand, how
// even the cells are, what differs from another plan, every defect in words.

import { h } from "../frame/dom.js";
import { n, pair, t } from "../frame/i18n.js";
import { verdictText } from "./verdict.js";

/** More than this nobody reads on paper: the report of the check has them all. */
const MOST = 300;

const words = (found) => `${verdictText(found)} · ${t("cells_count", { count: found.cells })} · ${n(found.area_m2 / 1e6)} km²`;

/** desk: {ctx, plan(), verdict, references}; figures: elements of the left panel that hold figures. */
export function paperOf(desk, figures) {
  const plan = desk.plan();
  const { layer, found, defects } = desk.references.shown();
  const covers = desk.verdict.found();
  const lines = [pair(t("plan"), `${plan.name} (${t(`plan_${plan.state}`)})`), covers && words(covers), layer && pair(t("checked_layer"), [layer.name, found && words(found)].filter(Boolean).join(" · "))].filter(Boolean);
  const parts = [...copies(desk.ctx.panels.right, "h2, dl.figures, p.warn, table"), ...figures.flatMap((element) => copies(element, "h3, svg, p, dl.figures, table")), ...listOf(defects)];
  return { title: t("cells"), lines, table: parts.length > 0 && h("div", { class: "cells-paper" }, parts) };
}

/** What can be read of a panel, without its controls. */
function copies(panel, kinds) {
  if (panel.hidden) return [];
  return [...panel.querySelectorAll(kinds)].filter((one) => !one.closest("details")).map((one) => one.cloneNode(true));
}

function listOf(defects) {
  if (!defects.length) return [];
  const shown = defects.slice(0, MOST);
  const row = (one, at) => h("tr", {}, h("td", { class: "number" }, n(at + 1)), h("td", {}, one.name), h("td", {}, one.message));
  const rest = defects.length > MOST && h("p", {}, t("shown_of", { shown: MOST, total: defects.length }));
  return [h("h3", {}, `${t("defects")} (${n(defects.length)})`), h("table", {}, h("tbody", {}, shown.map(row))), rest].filter(Boolean);
}
