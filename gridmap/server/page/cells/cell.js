// The chosen cell: figures, neighbours, history, and what can be done with it.

import { button, fill, h } from "../frame/dom.js";
import { moment, n, t } from "../frame/i18n.js";

export async function showCell(desk, code, body) {
  const { ctx } = desk;
  const { api, state } = ctx;
  fill(body, h("h2", {}, `${t("cell")} ${code}`), h("p", { class: "soft" }, t("loading")));
  const plan = desk.plan();
  const found = await api.get(`/plans/${plan.id}/cells/${encodeURIComponent(code)}`, {}, { signal: ctx.signal });
  const columns = Object.entries(found.columns).filter(([name]) => name !== plan.weight);
  const people = plan.weight && found.columns[plan.weight];
  const go = (other) => button(other, () => state.set({ sel: `cell:${other}` }), { "data-key": `cell-${other}` });
  const step = (one) => h("li", {}, h("span", {}, t(`cells.did_${one.op}`)), h("span", { class: "soft small" }, ` ${moment(one.at)}${one.by ? ` · ${one.by}` : ""}`), h("div", { class: "soft small" }, one.cells.join(" · ")));
  const pairs = [[t("area"), `${n(found.area_m2 / 10000)} ha`], people !== null && people !== undefined && [t("people"), n(people)], ...columns.map(([name, value]) => [name, value ?? "–"])];
  fill(
    body,
    h("h2", {}, `${t("cell")} ${code}`),
    h("dl", { class: "figures" }, pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
    desk.editable() && h("div", { class: "row" }, ["split", "merge", "move", "assign", "recode"].map((tool) => button(t(`cells.${tool}`), () => desk.begin(tool), { "data-key": `do-${tool}` }))),
    h("h3", {}, t("cells.neighbours")),
    h("div", { class: "row" }, found.neighbours.map(go)),
    h("h3", {}, t("cells.history")),
    found.history.length ? h("ul", { class: "list" }, found.history.map(step)) : h("p", { class: "soft" }, t("cells.no_history")),
  );
}
