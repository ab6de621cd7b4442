// The right panel: what is chosen.

import { button, fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { showCell } from "./cell.js";
import { showIncident } from "./incident.js";

let asked = new AbortController();

export async function openPanel(ctx, kind, id, tools) {
  asked.abort();
  asked = new AbortController();
  const { panels, state, notify } = ctx;
  const body = h("div", { class: "stack" });
  const close = button("×", () => state.set({ sel: undefined }), { "aria-label": t("let_go"), title: t("let_go"), "data-key": "let-go" });
  if (kind !== "cell") tools.pins.ofCell(null);
  if (!["cell", "incident"].includes(kind)) {
    fill(panels.right);
    panels.right.hidden = true;
    return;
  }
  panels.right.hidden = false;
  fill(panels.right, h("div", { class: "row between" }, h("span", { class: "caption" }, t(kind)), close), body);
  try {
    await (kind === "cell" ? showCell : showIncident)(ctx, id, body, { ...tools, signal: asked.signal });
  } catch (error) {
    if (error.name !== "AbortError") notify(error);
  }
}
