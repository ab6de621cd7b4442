// The plans: published ones and drafts; a new draft, publishing, comparing.

import { button, field, fill, h, select } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { day, n, t } from "../frame/i18n.js";

/** desk: {ctx, plan(), editable()}. */
export function createPlans(desk, comparison) {
  const { ctx } = desk;
  const { api, state, session } = ctx;
  const element = h("section", { class: "stack", "aria-label": t("cells.plans") });
  let plans = [];

  async function load() {
    plans = await api.get("/plans", {}, { signal: ctx.signal });
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
      h("ul", { class: "list" }, rows),
      h("div", { class: "row" }, can && button(t("cells.new_draft"), newDraft, { "data-key": "new-draft" }), desk.editable() && button(t("cells.publish"), publish, { "data-key": "publish" })),
      others.length > 0 && can && field(t("cells.compare"), select(pairs, state.get().with ?? "", (id) => state.set({ with: id || undefined }), { "data-key": "compare" })),
      comparison.element,
    );
  }

  const aboutPlan = (one) => [t(`plan_${one.state}`), one.valid_from && t("cells.valid_from", { day: day(one.valid_from) }), t("cells_count", { count: one.cells })].filter(Boolean).join(" · ");

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

/** A dialog with a form; its error stays in it, so that nothing typed is lost. */
function form(title, fields, act, submit) {
  const wrong = h("p", { class: "bad", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    try {
      await submit();
      dialog.close();
    } catch (error) {
      if (error.name === "AbortError") dialog.close();
      else wrong.textContent = error.message;
    }
  };
  const { dialog } = openDialog(title, h("form", { class: "stack", onsubmit: send }, fields, wrong, h("div", {}, h("button", { class: "primary", "data-key": "form-act" }, act))));
  dialog.querySelector("input")?.focus();
}
