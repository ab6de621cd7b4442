// Routes on the map: a colour per unit, arrows along the way, numbered stops.

import { h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { FONT, UNDER_NAMES, goTo, inks } from "../map/base.js";

/** The colours of the printed sheet; distinguishable by the colour-blind. */
export const COLOURS = ["#0072B2", "#B84E00", "#007A5A", "#AA3377", "#6A51A3", "#8C6D1F", "#1B7F8C", "#444444"];
const EMPTY = { type: "FeatureCollection", features: [] };
const LAYERS = ["patrol-halo", "patrol-ways", "patrol-arrows", "patrol-stops", "patrol-numbers"];

/** One feature for all visits of a unit to a stop, labelled with all their numbers. */
function merged(features) {
  const found = new Map();
  for (const { geometry, properties } of features) {
    const key = properties.stop === undefined ? properties.unit : `${properties.unit}\n${properties.stop}`;
    const before = found.get(key);
    const label = properties.number === undefined ? undefined : [before?.properties.label, properties.number].filter(Boolean).join("·");
    found.set(key, { geometry, properties: { ...properties, label } });
  }
  const beside = new Map();
  for (const { properties } of found.values()) {
    const others = beside.get(properties.stop) ?? 0;
    beside.set(properties.stop, others + 1);
    properties.offset = [0, others * 1.4];
  }
  return [...found.values()];
}

export function createRoutes(desk) {
  const { map, panels } = desk.ctx;
  const ink = inks();
  let ask = null;
  map.addSource("patrol", { type: "geojson", data: EMPTY });
  const line = ["==", ["geometry-type"], "LineString"];
  const colour = ["coalesce", ["get", "colour"], ink.border];
  const add = (layer) => map.addLayer({ source: "patrol", ...layer }, layer.type === "line" ? UNDER_NAMES : undefined);
  add({ id: "patrol-halo", type: "line", filter: line, paint: { "line-color": ink.halo, "line-width": 6 } });
  add({ id: "patrol-ways", type: "line", filter: line, layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": 3 } });
  add({ id: "patrol-arrows", type: "symbol", filter: line, layout: { "symbol-placement": "line", "symbol-spacing": 80, "text-field": "▶", "text-font": FONT, "text-size": 11, "text-keep-upright": false }, paint: { "text-color": colour, "text-halo-color": ink.halo, "text-halo-width": 1.5 } });
  const point = ["==", ["geometry-type"], "Point"];
  const mine = ["boolean", ["get", "chosen"], false];
  add({ id: "patrol-stops", type: "circle", filter: point, paint: { "circle-radius": ["case", mine, 12, 9], "circle-color": ["case", ["has", "colour"], colour, ink.ground], "circle-stroke-color": ["case", mine, ink.chosen, ["has", "colour"], "#ffffff", ink.border], "circle-stroke-width": ["case", mine, 3, 1.5] } });
  add({ id: "patrol-numbers", type: "symbol", filter: point, layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 10, "text-allow-overlap": true, "text-offset": ["coalesce", ["get", "offset"], ["literal", [0, 0]]] }, paint: { "text-color": "#ffffff", "text-halo-color": colour, "text-halo-width": 2.5 } });

  const click = (event) => {
    if (ask) {
      const done = ask;
      stopAsking();
      return done({ lon: Number(event.lngLat.lng.toFixed(6)), lat: Number(event.lngLat.lat.toFixed(6)) });
    }
    const found = map.queryRenderedFeatures(event.point, { layers: ["patrol-stops"] })[0];
    desk.choose(found?.properties.stop ?? null);
  };
  map.on("click", click);

  /** The next click on the map is a place; Escape gives it up. */
  function askPlace(then) {
    ask = then;
    map.getCanvas().style.cursor = "crosshair";
    panels.tools.replaceChildren(h("p", { class: "patrol-hint", role: "status" }, t("patrol.page_click")));
    desk.ctx.onEscape = () => Boolean(ask) && (stopAsking(), true);
  }

  function stopAsking() {
    ask = null;
    map.getCanvas().style.cursor = "";
    panels.tools.replaceChildren();
  }

  /** Features of the plan's routes and of every stop, visited or not. */
  function features() {
    const patrol = desk.patrol();
    const colours = Object.fromEntries((patrol.plan?.units ?? []).map((unit, index) => [unit.name, COLOURS[index % COLOURS.length]]));
    const drawn = merged(patrol.routes?.features ?? []).map(({ geometry, properties }) => ({ type: "Feature", geometry, properties: { unit: properties.unit, stop: properties.stop, label: properties.label, offset: properties.offset, colour: colours[properties.unit], chosen: properties.stop !== undefined && properties.stop === desk.chosen() } }));
    const seen = new Set(drawn.map((one) => one.properties.stop));
    const others = [...patrol.asked.stop, ...patrol.stops].filter((stop) => !seen.has(stop.name) && seen.add(stop.name));
    const waiting = others.map((stop) => ({ type: "Feature", geometry: { type: "Point", coordinates: stop.at }, properties: { stop: stop.name, label: "", chosen: stop.name === desk.chosen() } }));
    return [...waiting, ...drawn];
  }

  function draw() {
    map.getSource("patrol").setData({ type: "FeatureCollection", features: features() });
  }

  function fit(again = false) {
    const points = features().flatMap(({ geometry }) => (geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates));
    if (!points.length || (!again && desk.ctx.state.get().map)) return;
    const [lons, lats] = [points.map((p) => p[0]), points.map((p) => p[1])];
    goTo(map, [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
  }

  function remove() {
    stopAsking();
    map.off("click", click);
    for (const id of LAYERS) map.removeLayer(id);
    map.removeSource("patrol");
  }

  return { draw, fit, mark: draw, askPlace, remove };
}
