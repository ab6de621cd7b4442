// The chosen cell: figures, neighbours, history, and what can be done with it.

import { button, fill, h } from "../frame/dom.js";
import { toolbar } from "../frame/groups.js";
import { levelTitle } from "../frame/header.js";
import { moment, n, t } from "../frame/i18n.js";

export async function showCell(desk, code, body) {
  const { ctx } = desk;
  const { api, state } = ctx;
  fill(body, h("h2", {}, `${t("cell")} ${code}`), h("p", { class: "soft" }, t("loading")));
  const plan = desk.plan();
  const found = await api.get(`/plans/${plan.id}/cells/${encodeURIComponent(code)}`, {}, { signal: desk.signal });
  const columns = Object.entries(found.columns).filter(([name]) => name !== plan.weight);
  const people = plan.weight && found.columns[plan.weight];
  const go = (other) => button(other, () => state.set({ sel: `cell:${other}` }), { "data-key": `cell-${other}` });
  const step = (one) => h("li", {}, h("span", {}, t(`cells.did_${one.op}`)), h("span", { class: "soft small" }, ` ${moment(one.at)}${one.by ? ` · ${one.by}` : ""}`), h("div", { class: "soft small" }, one.cells.join(" · ")));
  const pairs = [[t("area"), `${n(found.area_m2 / 10000)} ha`], people !== null && people !== undefined && [t("people"), n(people)], ...columns.map(([name, value]) => [plan.levels.includes(name) ? levelTitle(ctx.session, name) : name, value ?? "–"])];
  const lock = (text, key, what) => button(text, () => desk.lock(what).catch(ctx.notify), { "data-key": key });
  const locks = () => [
    plan.locked.includes(code) ? lock(t("cells.unlock"), "unlock", { codes: [code], locked: false }) : lock(t("cells.lock"), "lock", { codes: [code], locked: true }),
    plan.levels.filter((level) => found.columns[level] !== null && found.columns[level] !== undefined).map((level) => lock(t("cells.lock_group", { level: levelTitle(ctx.session, level), group: found.columns[level] }), `lock-${level}`, { level, group: String(found.columns[level]), locked: true })),
  ];
  fill(
    body,
    h("h2", {}, `${t("cell")} ${code}`, plan.locked.includes(code) && h("span", { class: "soft small" }, ` ${t("cells.is_locked")}`)),
    h("dl", { class: "figures" }, pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
    desk.editable() && toolbar(h("div", { class: "row" }, ["split", "merge", "move", "assign", "recode"].map((tool) => button(t(`cells.${tool}`), () => desk.begin(tool), { "data-key": `do-${tool}` }))), t("tools")),
    desk.editable() && h("div", { class: "row" }, locks()),
    h("h3", {}, t("cells.neighbours")),
    toolbar(h("div", { class: "row" }, found.neighbours.map(go)), t("cells.neighbours")),
    h("h3", {}, t("cells.history")),
    found.history.length ? h("ul", { class: "list" }, found.history.map(step)) : h("p", { class: "soft" }, t("cells.no_history")),
  );
}
