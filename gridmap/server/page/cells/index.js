// The Cells workspace: does the plan cover the city, what is wrong with a layer somebody sent.

import { fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { drawCells } from "../map/cells.js";
import { createReferences } from "./references.js";
import { createVerdict } from "./verdict.js";

let parts = null;

export async function mount(ctx) {
  const { state, map, panels } = ctx;
  const plan = ctx.plan();
  if (!plan) return fill(panels.left, h("p", { class: "empty" }, t("no_plan")));
  const cells = drawCells(map, { plan: plan.id, version: plan.version, levels: plan.levels });
  const verdict = createVerdict(ctx, plan);
  const references = createReferences(ctx, verdict);
  fill(panels.left, h("div", { class: "stack" }, h("h2", {}, `${plan.name}`), verdict.element, references.element));

  const choose = () => {
    const [kind, ...rest] = (state.get().sel ?? "").split(":");
    cells.setLevel(state.get().level);
    cells.choose(kind === "cell" ? rest.join(":") : null);
    references.choose(kind === "defect" ? rest[0] : null);
  };
  const click = (event) => {
    const defect = references.at(event.point);
    const cell = map.queryRenderedFeatures(event.point, { layers: [cells.area()] })[0];
    state.set({ sel: defect !== undefined ? `defect:${defect}` : cell ? `cell:${cell.properties.code}` : undefined });
  };
  map.on("click", click);
  parts = { cells, references, stops: [state.on(["sel", "level"], choose), () => map.off("click", click)] };
  await Promise.all([verdict.load(), references.load()]);
  choose();
}

export function unmount() {
  if (!parts) return;
  for (const stop of parts.stops) stop();
  parts.references.remove();
  parts.cells.remove();
  parts = null;
}
