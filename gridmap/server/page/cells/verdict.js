// Whether the plan covers the city, as one line.

import { button, fill, h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";

/** desk: {ctx, signal, plan()}. */
export function createVerdict(desk) {
  const element = h("div", { class: "tight" });
  let asked = null;
  let told = null;

  /** The check of the plan, asked for once. */
  const check = () => (asked ??= desk.ctx.api.get(`/plans/${desk.plan().id}/check`, { outline: false }, { signal: desk.signal }));

  async function load() {
    fill(element, h("p", { class: "soft" }, t("checking")));
    const mine = check();
    try {
      const found = await mine;
      if (asked !== mine) return;
      told = found;
      fill(element, h("p", { class: found.ok ? "good" : "bad" }, h("strong", {}, verdictText(found))), h("p", { class: "soft" }, `${t("cells_count", { count: found.cells })} · ${n(found.area_m2 / 1e6)} km²`));
    } catch (error) {
      if (asked !== mine) return;
      asked = null;
      if (error.name !== "AbortError") fill(element, h("p", { class: "bad" }, error.message), button(t("again"), load));
    }
  }
  return { element, load, check, found: () => told, renew: () => (asked = told = null) };
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
