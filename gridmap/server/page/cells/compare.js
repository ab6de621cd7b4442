// What becomes of the cells of another plan in this one: figures, a list, and a curtain over the map.

import { Map as MapLibre } from "maplibre-gl";

import { fill, h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";
import { createTable } from "../frame/table.js";
import { goTo } from "../map/base.js";
import { bordersFrom, drawCells } from "../map/cells.js";

const INKS = { changed: "#fdae61", created: "#d7191c", vanished: "#7b3294", recoded: "#74add1" };

/** desk: {ctx, signal, plan(), paint(colours)}. */
export function createComparison(desk) {
  const { ctx } = desk;
  const { api, state, map } = ctx;
  const element = h("div", { class: "stack" });
  let curtain = null;

  async function load() {
    curtain?.remove();
    curtain = null;
    const [id, plan] = [state.get().with, desk.plan()];
    desk.paint({});
    if (!id) return fill(element);
    fill(element, h("p", { class: "soft" }, t("loading")));
    try {
      const [found, other] = await Promise.all([api.get(`/plans/${plan.id}/compare`, { with: id }, { signal: desk.signal }), api.get(`/plans/${id}`, {}, { signal: desk.signal })]);
      if (state.get().with !== id || desk.plan() !== plan) return;
      show(found, other);
      curtain?.remove();
      curtain = drawCurtain(ctx, ctx.panels.tools.parentElement, other, colours(found, 0));
    } catch (error) {
      if (error.name !== "AbortError" && state.get().with === id) fill(element, h("p", { class: "bad" }, error.message));
    }
  }

  /** Choose a cell of the list and bring it into view. */
  async function view(code) {
    const sel = `cell:${code}`;
    state.set({ sel });
    const cell = await api.get(`/plans/${desk.plan().id}/cells/${encodeURIComponent(code)}`, {}, { signal: desk.signal });
    if (state.get().sel === sel) goTo(map, cell.bounds);
  }

  function show(found, other) {
    desk.paint(colours(found, 1));
    if (found.bounds) goTo(map, found.bounds);
    const table = createTable({
      label: t("cells.moves"),
      columns: [
        { key: "pair", name: t("cells.from_to") },
        { key: "area", name: "ha", number: true, show: (row) => n(row.area) },
        { key: "people", name: t("people"), number: true, show: (row) => n(row.people) },
      ],
      id: (row) => row.new,
      choose: (code) => code && view(code).catch(ctx.notify),
      sorted: { key: "area", down: true },
    });
    const moves = found.moves.map((row) => ({ ...row, pair: `${row.old || "–"} → ${row.new || "–"}`, area: row.area_m2 / 10000 }));
    // A border that gained a vertex moves by the rounding of its coordinates: told, not listed.
    const told = moves.filter((row) => n(row.area) !== n(0) || n(row.people ?? 0) !== n(0));
    const rounding = moves.length - told.length;
    table.update(told, null);
    const figure = (name, value) => [h("dt", {}, INKS[name] && h("span", { class: "swatch", style: { background: INKS[name] } }), t(`cells.${name}`)), h("dd", {}, value)];
    fill(
      element,
      h("p", { class: "soft" }, t("cells.compared_with", { name: other.name })),
      h("dl", { class: "figures" }, figure("changed", n(found.changed.length)), figure("created", n(found.created.length)), figure("vanished", n(found.vanished.length)), figure("recoded", n(found.recoded.length)), figure("moved_area", `${n(found.area_m2 / 10000)} ha`), found.people !== null && figure("moved_people", n(found.people))),
      told.length > 0 && table.element,
      rounding > 0 && h("p", { class: "soft small", "data-key": "rounding" }, t("cells.rounding", { count: rounding })),
    );
  }

  const stop = state.on(["with"], load);
  return { element, load, remove: () => (stop(), curtain?.remove()) };
}

/** The cells of a plan where they are the subject: clear borders, codes early; from afar the borders of its levels do. */
export function drawPlainly(map, plan, { bounds }, id = "cells") {
  const bordered = plan.levels.length && bounds ? bordersFrom(bounds, plan.cells) : 0;
  const cells = drawCells(map, { plan: plan.id, version: plan.version, levels: plan.levels, bordered, id });
  map.setPaintProperty(`${id}-border`, "line-width", 1.2);
  map.setPaintProperty(`${id}-border`, "line-opacity", 1);
  map.setLayerZoomRange(`${id}-code`, 12, 24);
  return cells;
}

/** Colours of the cells that differ: in the plan before (0) or in this one (1). */
function colours(found, side) {
  const inks = {};
  for (const code of found.changed) inks[code] = INKS.changed;
  for (const code of side ? found.created : found.vanished) inks[code] = side ? INKS.created : INKS.vanished;
  for (const pair of found.recoded) inks[pair[side]] = INKS.recoded;
  return inks;
}

/** The other plan's cells left of a slider, on a second map that follows the first. */
function drawCurtain({ map, session }, stage, other, inks) {
  const holder = h("div", { class: "curtain", "aria-hidden": "true" });
  const slider = h("input", { type: "range", min: "0", max: "100", value: "50", "aria-label": t("cells.curtain", { name: other.name }), class: "curtain-slider", "data-key": "curtain" });
  stage.append(holder, slider);
  const second = new MapLibre({ container: holder, style: map.getStyle(), center: map.getCenter(), zoom: map.getZoom(), interactive: false, attributionControl: false });
  const follow = () => second.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
  const place = () => (holder.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`);
  slider.addEventListener("input", place);
  map.on("move", follow);
  place();
  second.once("style.load", () => {
    for (const layer of second.getStyle().layers) if (layer.source && layer.source !== "streets") second.removeLayer(layer.id);
    drawPlainly(second, other, session, "other").colour(inks);
  });
  return {
    remove() {
      map.off("move", follow);
      second.remove();
      holder.remove();
      slider.remove();
    },
  };
}
