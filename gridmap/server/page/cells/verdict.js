// Whether the plan covers the city, as one line.

import { button, fill, h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";

export function createVerdict(ctx, plan) {
  const element = h("div", { class: "tight" });
  let asked = null;

  /** The check of the plan, asked for once. */
  const check = () => (asked ??= ctx.api.get(`/plans/${plan.id}/check`, { outline: false }, { signal: ctx.signal }));

  async function load() {
    fill(element, h("p", { class: "soft" }, t("checking")));
    try {
      const found = await check();
      fill(element, h("p", { class: found.ok ? "good" : "bad" }, h("strong", {}, verdictText(found))), h("p", { class: "soft" }, `${t("cells_count", { count: found.cells })} · ${n(found.area_m2 / 1e6)} km²`));
    } catch (error) {
      asked = null;
      if (error.name !== "AbortError") fill(element, h("p", { class: "bad" }, error.message), button(t("again"), load));
    }
  }
  return { element, load, check, renew: () => (asked = null) };
}

/** Kinds that break the partition itself; the others only tell of its edge or its names. */
const INSIDE = ["invalid", "empty", "duplicate", "contained", "overlap", "gap", "edge"];

/** "Covers the city exactly", or what is wrong, counted by kind. */
export function verdictText(check) {
  if (check.ok) return t("covers");
  const errors = {};
  for (const one of check.defects) if (one.severity === "error") errors[one.kind] = (errors[one.kind] ?? 0) + 1;
  const found = Object.entries(errors).map(([kind, count]) => `${n(count)} ${t(`kind_of_defect_${kind}`)}`).join(t("comma"));
  return INSIDE.some((kind) => errors[kind]) ? found : `${t("covers_inside")} ${found}`;
}
