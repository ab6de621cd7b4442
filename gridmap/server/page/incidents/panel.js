// The right panel: what is chosen.

import { button, fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { showCell } from "./cell.js";
import { showIncident } from "./incident.js";
import { showPlace } from "./places.js";

const KINDS = { cell: showCell, incident: showIncident, place: showPlace };

let asked = new AbortController();
let shown = null;

/** Show what is chosen; the same again brings its figures up to date. */
export async function openPanel(ctx, kind, id, tools) {
  asked.abort();
  asked = new AbortController();
  const { panels, state, notify } = ctx;
  if (kind !== "cell") tools.pins?.clear();
  if (kind !== "place") tools.places.choose(null);
  if (!(kind in KINDS)) {
    shown = null;
    fill(panels.right);
    panels.right.hidden = true;
    return;
  }
  const title = kind === "cell" && state.get().level ? t("level") : t(kind);
  if (shown !== `${kind}:${id}` || !panels.right.querySelector("#about")) {
    const close = button("×", () => state.set({ sel: undefined, only: "" }), { class: "icon", "aria-label": t("let_go"), title: t("let_go"), "data-key": "let-go" });
    fill(panels.right, h("div", { class: "row between" }, h("span", { class: "caption" }, title), close), h("div", { class: "stack", id: "about" }));
  }
  panels.right.hidden = false;
  if (shown !== `${kind}:${id}`) for (const box of [panels.right, panels.right.parentElement]) box.scrollTop = 0;
  shown = `${kind}:${id}`;
  try {
    await KINDS[kind](ctx, id, panels.right.querySelector("#about"), { ...tools, signal: asked.signal });
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status !== 404) return notify(error);
    fill(panels.right.querySelector("#about"), h("p", { class: "empty" }, error.message));
  }
}
