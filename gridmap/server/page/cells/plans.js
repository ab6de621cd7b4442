// The plans: published ones and drafts; a new draft, publishing, comparing.

import { button, field, fill, h, select } from "../frame/dom.js";
import { roving, toolbar } from "../frame/groups.js";
import { day, moment, n, t } from "../frame/i18n.js";
import { form } from "./forms.js";

/** desk: {ctx, plan(), editable()}. */
export function createPlans(desk, comparison) {
  const { ctx } = desk;
  const { api, state, session } = ctx;
  const element = h("section", { class: "stack", "aria-label": t("cells.plans") });
  let plans = [];
  let withdrawn = [];

  function load() {
    const all = ctx.plans();
    plans = all.filter((one) => one.state !== "withdrawn");
    withdrawn = all.filter((one) => one.state === "withdrawn");
    draw();
  }

  function draw() {
    const plan = desk.plan();
    const can = session.can.includes("plan");
    const rows = plans.map((one) => h("li", { "aria-current": String(one.id === plan.id) }, h("button", { type: "button", onclick: () => state.set({ plan: String(one.id), sel: undefined, with: undefined }), "data-key": `plan-${one.id}` }, h("span", {}, one.name), h("div", { class: "soft small" }, aboutPlan(one)))));
    const others = plans.filter((one) => one.id !== plan.id);
    const pairs = [["", t("cells.compare_none")], ...others.map((one) => [String(one.id), one.name])];
    fill(
      element,
      h("h3", {}, t("cells.plans")),
      roving(h("ul", { class: "list" }, rows), 1),
      toolbar(h("div", { class: "row" }, can && button(t("cells.new_draft"), newDraft, { "data-key": "new-draft" }), desk.editable() && [button(t("cells.publish"), publish, { "aria-keyshortcuts": "u", "data-key": "publish" }), button(t("cells.withdraw"), withdraw, { "data-key": "withdraw" })]), t("plan")),
      can && withdrawn.length > 0 && aside(),
      others.length > 0 && can && field(t("cells.compare"), select(pairs, state.get().with ?? "", (id) => state.set({ with: id || undefined }), { "data-key": "compare" })),
      comparison.element,
    );
  }

  const aboutPlan = (one) => [t(`plan_${one.state}`), one.valid_from && t("cells.valid_from", { day: day(one.valid_from) }), t("cells_count", { count: one.cells })].filter(Boolean).join(" · ");

  /** Drafts that were put aside: nothing of them is lost. */
  function aside() {
    const row = (one) => h("li", { class: "row between" }, h("div", {}, one.name, h("div", { class: "soft small" }, t("cells.withdrawn_at", { at: moment(one.withdrawn) }))), button(t("cells.bring_back"), ({ target }) => bringBack(one, target), { "data-key": `bring-back-${one.id}`, "aria-label": `${t("cells.bring_back")} ${one.name}` }));
    return h("details", {}, h("summary", { "data-key": "withdrawn" }, t("cells.withdrawn", { count: withdrawn.length })), h("ul", { class: "list" }, withdrawn.map(row)));
  }

  function withdraw() {
    const plan = desk.plan();
    form(t("cells.withdraw"), [h("p", {}, t("cells.withdraw_about", { name: plan.name }))], t("cells.withdraw_now"), async () => {
      await api.remove(`/plans/${plan.id}`, { headers: { "If-Match": `"${plan.version}"` } });
      ctx.speak(t("cells.withdrawn_now", { name: plan.name }));
      await ctx.replan();
      state.set({ plan: undefined, sel: undefined, with: undefined });
    });
  }

  async function bringBack(one, act) {
    act.disabled = true;
    try {
      await api.post(`/plans/${one.id}/bring-back`);
      await ctx.replan();
      state.set({ plan: String(one.id), sel: undefined, with: undefined });
    } catch (error) {
      act.disabled = false;
      ctx.notify(error);
    }
  }

  function newDraft() {
    const plan = desk.plan();
    const name = h("input", { value: t("cells.draft_of", { name: plan.name }), maxlength: "200", required: true });
    form(t("cells.new_draft"), [h("p", { class: "soft" }, t("cells.draft_about", { name: plan.name })), field(t("cells.name"), name)], t("cells.make_draft"), async () => {
      const made = await api.post("/plans", { name: name.value.trim(), source: plan.id });
      await ctx.replan();
      state.set({ plan: String(made.id), sel: undefined, with: undefined });
    });
  }

  function publish() {
    const plan = desk.plan();
    const start = h("input", { type: "date", value: session.today, required: true, "data-key": "publish-from" });
    const reason = h("textarea", { rows: "3", maxlength: "2000", required: true, "data-key": "publish-why" });
    form(t("cells.publish"), [h("p", { class: "soft" }, t("cells.publish_about", { name: plan.name, cells: n(plan.cells) })), field(t("cells.from_day"), start), field(t("reason"), reason)], t("cells.publish_now"), async () => {
      await api.post(`/plans/${plan.id}/publish`, { start: start.value, reason: reason.value.trim() }, { headers: { "If-Match": `"${plan.version}"` } });
      ctx.speak(t("cells.published"));
      await desk.renewed();
    });
  }

  return { element, load };
}
