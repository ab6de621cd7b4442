// Whether the plan covers the city, as one line, and how its levels nest.

import { button, fill, h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";

export function createVerdict(ctx, plan) {
  const element = h("div", { class: "tight" }, h("p", { class: "soft" }, t("checking")));

  async function load() {
    try {
      show(await ctx.api.get(`/plans/${plan.id}/check`, {}, { signal: ctx.signal }));
    } catch (error) {
      if (error.name === "AbortError") return;
      fill(element, h("p", { class: "bad" }, error.message), button(t("again"), load));
    }
  }

  function show(check) {
    const notices = check.defects.filter((one) => one.severity === "notice");
    fill(
      element,
      h("p", { class: check.ok ? "good" : "bad" }, h("strong", {}, verdictText(check))),
      h("p", { class: "soft" }, `${t("cells_count", { count: check.cells })} · ${n(check.area_m2 / 1e6)} km²`),
      notices.length > 0 && h("details", {}, h("summary", {}, t("notices", { count: notices.length })), h("ul", { class: "tight small" }, notices.map((one) => h("li", {}, one.message)))),
    );
  }
  return { element, load };
}

/** "Covers the city exactly", or what is wrong, counted by kind. */
export function verdictText(check) {
  if (check.ok) return t("covers");
  const errors = {};
  for (const one of check.defects) if (one.severity === "error") errors[one.kind] = (errors[one.kind] ?? 0) + 1;
  return Object.entries(errors).map(([kind, count]) => `${n(count)} ${t(`kind_of_defect_${kind}`)}`).join(t("comma"));
}
