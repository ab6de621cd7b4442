// A layer somebody sent, repaired into a draft that can be edited and published.

import { field, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";

/** The offer to repair a reference {id, name}; null if the reader may not plan. */
export function createRepair(ctx, reference) {
  const { api, session, state } = ctx;
  if (!session.can.includes("plan")) return null;
  const name = h("input", { value: t("cells.repaired_name", { name: reference.name }), maxlength: "200", required: true, "data-key": "repair-name" });
  const work = h("div");
  const act = h("button", { "data-key": "repair" }, t("cells.repair"));

  async function submit(event) {
    event.preventDefault();
    act.disabled = true;
    try {
      const made = await follow(ctx, await api.post(`/references/${reference.id}/repair`, { name: name.value.trim() }), work);
      await ctx.replan();
      ctx.speak(t("cells.repaired", { changed: made.changed, left: made.left }));
      state.set({ plan: String(made.plan), ref: undefined, sel: undefined, with: undefined });
    } catch (error) {
      ctx.notify(error);
    } finally {
      act.disabled = false;
    }
  }
  const form = h("form", { class: "stack", onsubmit: submit }, field(t("cells.name"), name), h("div", {}, act), work);
  return h("details", {}, h("summary", {}, t("cells.repair_title")), form);
}
