// Layers somebody sent: choose or add one, see its defects on the map and in a list, largest first.

import { button, field, fill, h, select } from "../frame/dom.js";
import { toolbar } from "../frame/groups.js";
import { n, pair, t } from "../frame/i18n.js";
import { createTable } from "../frame/table.js";
import { goTo } from "../map/base.js";
import { boxOf } from "./boxes.js";
import { createDefectLayers } from "./defects.js";
import { form } from "./forms.js";
import { layerButton } from "./layer.js";
import { createRepair } from "./repair.js";
import { verdictText } from "./verdict.js";

const INKS = { gap: "#d01c8b", uncovered: "#d01c8b", overlap: "#e66101", duplicate: "#e66101", contained: "#e66101" };
const inkOf = (kind) => INKS[kind] ?? "#8a63d2";

/** The cells of a defect: of a whole group's only the first and how many. */
const whose = (codes) => [...codes.slice(0, NAMED), codes.length > NAMED && t("cells_count", { count: codes.length })].filter(Boolean).join(" · ");
const NAMED = 4;

/** desk: {ctx, signal, plan(), editable(), review, renewed()}. */
export function createReferences(desk, verdict) {
  const { ctx } = desk;
  const { api, session, state, map } = ctx;
  const { signal } = desk;
  const chooser = h("div", { class: "row" });
  const body = h("div", { class: "stack" });
  const work = h("div");
  const element = h("section", { class: "stack", "aria-label": t("references") }, h("h3", {}, t("checked_layer")), chooser, work, body);
  let references = [];
  let defects = [];
  let table = null;
  let told = null;
  let turn = 0;
  const words = h("div", { id: "defect", class: "small", "aria-live": "polite" });
  const layers = createDefectLayers(map);

  async function load() {
    const mine = ++turn;
    const found = await api.get("/references", {}, { signal });
    if (mine !== turn) return;
    references = found;
    const pairs = [["", t("this_plan")], ...references.map((one) => [String(one.id), one.name])];
    fill(chooser, select(pairs, state.get().ref ?? "", (ref) => state.set({ ref, sel: undefined }), { "aria-label": t("references"), "aria-keyshortcuts": "o", "data-key": "reference" }), session.can.includes("plan") && layerButton(ctx, work, added), session.can.includes("plan") && chosen() && button(t("cells.layer_remove"), takeAway, { "data-key": "remove-layer" }));
    await show(mine);
  }

  const chosen = () => references.find((one) => String(one.id) === state.get().ref);

  function takeAway() {
    const one = chosen();
    form(t("cells.layer_remove"), [h("p", {}, t("cells.layer_remove_about", { name: one.name }))], t("cells.layer_remove_now"), async () => {
      await api.remove(`/references/${one.id}`);
      state.set({ ref: undefined, sel: undefined, repair: undefined });
    });
  }

  const added = (number) => signal.aborted || state.set({ ref: String(number), sel: undefined });

  async function show(mine) {
    const id = state.get().ref;
    const known = Boolean(chosen());
    layers.show(null, null);
    [defects, told] = [[], null];
    fill(body, h("p", { class: "soft" }, t("checking")));
    try {
      const check = await (known ? api.get(`/references/${id}/check`, { outline: false }, { signal }) : verdict.check());
      if (mine === turn) showCheck(check, known ? Number(id) : null);
    } catch (error) {
      if (error.name !== "AbortError" && mine === turn) fill(body, h("p", { class: "bad" }, error.message));
    }
  }

  function showCheck(check, number) {
    told = check;
    const worst = (one) => (one.severity === "error" ? 1e15 : 0) + Math.max(one.area_m2 ?? 0, 0);
    defects = [...check.defects].sort((a, b) => worst(b) - worst(a)).map((one, index) => ({ ...one, id: String(index), order: index, name: t(`defect_${one.kind}`), who: whose(one.cells) }));
    const marks = defects.filter((one) => one.where);
    layers.show(number, { type: "FeatureCollection", features: marks.map((one) => ({ type: "Feature", properties: { id: one.id, error: one.severity === "error", colour: inkOf(one.kind) }, geometry: one.where })) });
    table = createTable({
      label: t("defects"),
      columns: [
        { key: "name", name: t("defect") },
        { key: "who", name: t("cells") },
        { key: "area_m2", name: "m²", number: true, show: (one) => (one.area_m2 > 0 ? n(one.area_m2) : "") },
      ],
      id: (one) => one.id,
      choose: (id) => state.set({ sel: `defect:${id}` }),
      sorted: { key: "order", down: false },
      shortcut: "t",
    });
    const areas = Object.entries(sums(defects)).map(([kind, area]) => h("li", { class: "row" }, h("span", { class: "swatch", style: { backgroundColor: inkOf(kind) } }), pair(t(`defect_${kind}`), `${n(area)} m²`)));
    const reference = chosen();
    fill(body, reference && h("p", { class: check.ok ? "good" : "bad" }, h("strong", {}, verdictText(check))), h("ul", { class: "soft" }, areas), repairOf(reference, check), defects.length > 0 && steps(), words, defects.length > 0 && table.element);
    table.update(defects, null);
    choose((state.get().sel ?? "").startsWith("defect:") ? state.get().sel.slice(7) : null);
  }

  /** What can be repaired: the layer, or the draft if something is wrong with it. */
  function repairOf(reference, check) {
    if (reference) return createRepair(desk, { path: `/references/${reference.id}`, name: reference.name, draft: false, headers: () => ({}) }, ctx.plans());
    if (check.ok || !desk.editable()) return null;
    const plan = desk.plan();
    return createRepair(desk, { path: `/plans/${plan.id}`, name: plan.name, version: plan.version, draft: true, headers: () => ({ "If-Match": `"${desk.plan().version}"` }) }, ctx.plans());
  }

  function steps() {
    const go = (by) => {
      const at = defects.findIndex((one) => `defect:${one.id}` === state.get().sel);
      state.set({ sel: `defect:${defects[(at + by + defects.length) % defects.length].id}` });
    };
    return toolbar(h("div", { class: "row" }, button(t("previous_one"), () => go(-1), { title: "P", "aria-keyshortcuts": "p", "data-key": "previous-one" }), button(t("next_one"), () => go(1), { title: "N", "aria-keyshortcuts": "n", "data-key": "next-one" })), t("defects"));
  }

  /** Show a defect everywhere and go to it. */
  function choose(id) {
    table?.update(defects, id);
    const one = defects.find((defect) => defect.id === id);
    layers.choose(id);
    const mayBe = one?.kind === "gap" && !state.get().ref && desk.editable();
    fill(words, one && h("p", { class: "warn" }, one.message), mayBe && button(t("cells.hole"), () => allow(one), { "data-key": "allow-hole" }));
    if (one?.where) goTo(map, boxOf(one.where, one.place), 18);
  }

  /** A hole that is meant to be there is no defect; who says so, and why, is kept. */
  function allow(one) {
    const why = h("input", { maxlength: "2000", required: true, "data-key": "hole-why" });
    form(t("cells.hole"), [h("p", {}, t("cells.hole_about")), field(t("cells.hole_why"), why)], t("cells.hole_now"), async () => {
      await api.post(`/plans/${desk.plan().id}/holes`, { lon: one.place[0], lat: one.place[1], why: why.value.trim() });
      state.set({ sel: undefined }, { replace: true });
      await desk.renewed();
    });
  }

  const stop = state.on(["ref"], () => load().catch(ctx.notify));
  const shown = () => ({ layer: chosen(), found: told, defects });
  return { element, load, choose, shown, at: layers.at, hide: layers.hide, remove: () => (stop(), layers.remove()) };
}

const sums = (defects) => {
  const areas = {};
  for (const one of defects) if (one.area_m2 > 0 && one.severity === "error") areas[one.kind] = (areas[one.kind] ?? 0) + one.area_m2;
  return areas;
};
