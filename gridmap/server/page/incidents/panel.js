// The right panel: what is chosen.

import { button, fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { showCell } from "./cell.js";
import { showIncident } from "./incident.js";
import { showPlace } from "./places.js";

const KINDS = { cell: showCell, incident: showIncident, place: showPlace };

let asked = new AbortController();
let shown = null;
let about = null;

/** Show what is chosen; the same again brings its figures up to date. tools.bring: go there if it is out of sight. */
export async function openPanel(ctx, kind, id, tools) {
  asked.abort();
  asked = new AbortController();
  const signal = AbortSignal.any([asked.signal, ctx.signal]);
  const { panels, state, notify } = ctx;
  if (kind !== "cell") tools.pins?.clear();
  if (kind !== "place") tools.places.choose(null);
  if (!(kind in KINDS)) {
    shown = null;
    fill(panels.right);
    panels.right.hidden = true;
    return;
  }
  const level = kind === "cell" && state.get().level;
  const title = level ? t("level") : t(kind);
  const wanted = [kind, id, level].join(":");
  if (shown !== wanted || !about.isConnected) {
    about = h("div", { class: "stack", id: "about" });
    const close = button("×", () => state.set({ sel: undefined, only: "" }), { class: "icon", "aria-label": t("let_go"), title: t("let_go"), "data-key": "let-go" });
    fill(panels.right, h("div", { class: "row between" }, h("span", { class: "caption" }, title), close), about);
  }
  panels.right.hidden = false;
  if (shown !== wanted) for (const box of [panels.right, panels.right.parentElement]) box.scrollTop = 0;
  shown = wanted;
  const body = about;
  try {
    await KINDS[kind](ctx, id, body, { ...tools, signal });
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status !== 404) notify(error);
    fill(body, h("p", { class: "empty" }, error.message));
  }
}
