// The changes of a repair on the map: where each is, and the cells of one before and after it.

import { boxOf } from "./boxes.js";
import { goTo } from "../map/base.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const SIDES = { before: "#d01c8b", after: "#0571b0" };
const STATES = ["match", ["get", "state"], "refused", "#767676", "accepted", "#0571b0", "#e66101"];
const HUES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00"];
/** The closest the map goes to a change. */
const NEAREST = 19;

export function createSides(map) {
  const layers = [];
  const add = (id, type, source, rest) => layers.push(id) && map.addLayer({ id, type, source, ...rest });
  for (const name of ["review", "before", "after"]) map.addSource(`repair-${name}`, { type: "geojson", data: EMPTY });
  for (const side of ["before", "after"]) add(`repair-${side}-fill`, "fill", `repair-${side}`, { paint: { "fill-color": ["match", ["get", "hue"], ...HUES.flatMap((hue, i) => [i, hue]).slice(0, -2), HUES.at(-1)], "fill-opacity": 0.3 } });
  add("repair-where", "fill", "repair-review", { filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": STATES, "fill-opacity": 0.55 } });
  add("repair-edge", "line", "repair-review", { paint: { "line-color": STATES, "line-width": 3 } });
  add("repair-spot", "circle", "repair-review", { filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": STATES } });
  add("repair-before-line", "line", "repair-before", { paint: { "line-color": SIDES.before, "line-width": 2.5, "line-dasharray": [3, 2] } });
  add("repair-after-line", "line", "repair-after", { paint: { "line-color": SIDES.after, "line-width": 2 } });
  const visible = (id, on) => map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
  look("both");

  /** "before", "after" or "both": outlines alone where both are seen, coloured cells where one is. */
  function look(side) {
    for (const one of ["before", "after"]) {
      visible(`repair-${one}-fill`, side === one);
      visible(`repair-${one}-line`, side === one || side === "both");
    }
    for (const id of ["repair-where", "repair-edge", "repair-spot"]) visible(id, side === "both");
  }

  return {
    look,
    /** changes: all of them, each with its state; proposal: outlines by code. */
    show(changes, proposal, chosen) {
      const spot = (one) => ({ type: "Feature", properties: { id: one.id, state: one.state }, geometry: one.where });
      map.getSource("repair-review").setData({ type: "FeatureCollection", features: changes.filter((one) => one.where).map(spot) });
      for (const side of ["before", "after"]) map.getSource(`repair-${side}`).setData(chosen ? outlines(proposal[side], chosen) : EMPTY);
    },
    zoom: (change) => change.where && goTo(map, boxOf(change.where, change.place), NEAREST),
    at: (point) => map.queryRenderedFeatures([[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]], { layers: ["repair-where", "repair-edge", "repair-spot"] })[0]?.properties.id,
    remove() {
      for (const id of layers) map.removeLayer(id);
      for (const name of ["review", "before", "after"]) map.removeSource(`repair-${name}`);
    },
  };
}

function outlines({ features }, { cells, state, kind }) {
  const mine = features.filter((one) => one.geometry && cells.includes(one.properties.code));
  return { type: "FeatureCollection", features: mine.map((one) => ({ ...one, properties: { ...one.properties, state, kind, hue: cells.indexOf(one.properties.code) } })) };
}
