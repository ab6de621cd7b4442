// Balanced cells proposed by the program: a new draft of blocks, or one group of this draft.

import { field, fill, h, select } from "../frame/dom.js";
import { levelTitle } from "../frame/header.js";
import { t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";

/** desk: {ctx, plan(), editable(), redrawn(made, lines)}. mean is what a cell has now. */
export function createRedraw(desk, mean) {
  const { ctx } = desk;
  const { api } = ctx;
  const plan = desk.plan();
  const target = h("input", { type: "number", min: "1", step: "any", required: true, value: String(Math.max(1, Math.round(mean))), "data-key": "redraw-target" });
  const tolerance = h("input", { type: "number", min: "1", max: "99", required: true, value: "10", "data-key": "redraw-tolerance" });
  const levels = [["", t("cells.redraw_no_level")], ...plan.levels.map((name) => [name, levelTitle(ctx.session, name)])];
  const level = select(levels, "", () => groups().catch(ctx.notify), { "data-key": "redraw-level" });
  const fresh = h("input", { type: "checkbox", "data-key": "redraw-fresh" });
  const seed = h("input", { type: "number", min: "0", max: "1000000", value: "0", required: true, "data-key": "redraw-seed" });
  const where = h("div");
  const work = h("div");
  const act = h("button", { "data-key": "redraw" }, t("cells.redraw_now"));
  let group = null;

  async function groups() {
    group = null;
    fill(where);
    const wanted = level.value;
    if (!wanted || !desk.editable()) return;
    const { codes } = await api.get(`/plans/${plan.id}/labels`, { version: plan.version, level: wanted }, { signal: desk.signal });
    if (level.value !== wanted) return;
    group = select([["", t("cells.redraw_all")], ...codes.map((code) => [code, code])], "", () => {}, { "data-key": "redraw-group" });
    fill(where, field(t("cells.redraw_where"), group));
  }

  async function submit(event) {
    event.preventDefault();
    act.disabled = true;
    const asked = { target: Number(target.value), tolerance: Number(tolerance.value) / 100, level: level.value || null, fresh: fresh.checked, seed: Number(seed.value) };
    const here = group?.value;
    try {
      const job = here ? await api.post(`/plans/${plan.id}/redraw`, { ...asked, group: here }, { headers: { "If-Match": `"${plan.version}"` } }) : await api.post(`/plans/${plan.id}/redraws`, { ...asked, name: t("cells.redraw_name", { name: plan.name }) });
      const made = await follow(ctx, job, work);
      await desk.redrawn(made, [t("cells.redrawn", { cells: made.cells, low: made.band[0], high: made.band[1], out: made.left.length }), ...made.left]);
    } catch (error) {
      if (error.status === 412) await desk.overtaken(error);
      else ctx.notify(error);
    } finally {
      act.disabled = false;
    }
  }
  const choices = h("div", { class: "fields" }, field(t("cells.redraw_target"), target), field(t("cells.redraw_tolerance"), tolerance));
  return h("details", {}, h("summary", { "data-key": "redraw-open" }, t("cells.redraw")), h("form", { class: "stack", onsubmit: submit }, h("p", { class: "soft" }, t("cells.redraw_about")), choices, field(t("cells.redraw_level"), level), where, h("label", { class: "tick" }, fresh, h("span", {}, t("cells.redraw_fresh"))), field(t("cells.redraw_seed"), seed), h("div", {}, act), work));
}
