// Routes on the map: a colour per unit, arrows along the way, the stops with the numbers they have
// on each route. A chosen unit stands out, with the way to its next stop.

import { h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { FONT, UNDER_NAMES, goTo } from "../map/base.js";
import { inks } from "../map/inks.js";

/** The colours of the printed sheet; distinguishable by the colour-blind. */
export const COLOURS = ["#0072B2", "#B84E00", "#007A5A", "#AA3377", "#6A51A3", "#8C6D1F", "#1B7F8C", "#444444"];
const EMPTY = { type: "FeatureCollection", features: [] };
const PHONE = matchMedia("(max-width: 760px)");

/** The layers, from below. Ways keep to the right, so that there and back lie side by side. */
function layers(ink) {
  const line = ["==", ["geometry-type"], "LineString"];
  const point = ["==", ["geometry-type"], "Point"];
  const [dim, leg, mine] = ["dim", "leg", "chosen"].map((name) => ["boolean", ["get", name], false]);
  const colour = ["coalesce", ["get", "colour"], ink.border];
  const numbers = ["format", ...COLOURS.flatMap((own, index) => [["coalesce", ["get", `of${index}`], ""], { "text-color": own }])];
  const way = { filter: line, layout: { "line-join": "round", "line-cap": "round" } };
  const offset = ["interpolate", ["linear"], ["zoom"], 12, 1, 16, 4];
  return [
    { id: "patrol-halo", type: "line", ...way, paint: { "line-color": ink.halo, "line-width": ["case", leg, 11, dim, 0, 6], "line-offset": offset } },
    { id: "patrol-ways", type: "line", ...way, paint: { "line-color": colour, "line-width": ["case", leg, 7, dim, 1.5, 3], "line-opacity": ["case", dim, 0.3, 1], "line-offset": offset } },
    { id: "patrol-arrows", type: "symbol", filter: ["all", line, ["!", dim], ["!", leg]], layout: { "symbol-placement": "line", "symbol-spacing": 90, "text-field": "▶", "text-font": FONT, "text-size": 11, "text-keep-upright": false, "text-padding": 0, "text-offset": [0, 0.2] }, paint: { "text-color": colour, "text-halo-color": ink.halo, "text-halo-width": 1.5 } },
    { id: "patrol-stops", type: "circle", filter: point, paint: { "circle-radius": ["case", mine, 9, dim, 3, 6], "circle-color": ["case", ["has", "colour"], colour, ink.ground], "circle-opacity": ["case", dim, 0.4, 1], "circle-stroke-color": ["case", mine, ink.chosen, ["has", "colour"], ink.halo, ink.border], "circle-stroke-width": ["case", mine, 3, dim, 0, 1.5] } },
    { id: "patrol-numbers", type: "symbol", filter: ["all", point, ["!", dim]], layout: { "text-field": numbers, "text-font": FONT, "text-size": ["case", mine, 15, 12], "text-variable-anchor": ["bottom", "left", "right", "top", "bottom-left", "bottom-right", "top-left", "top-right"], "text-radial-offset": 0.7, "text-max-width": 6, "text-padding": 1, "symbol-sort-key": ["case", mine, 0, ["get", "rank"]] }, paint: { "text-color": ink.name, "text-halo-color": ink.halo, "text-halo-width": 2 } },
  ];
}

export function createRoutes(desk) {
  const { map, panels } = desk.ctx;
  const drawn = layers(inks());
  let ask = null;
  map.addSource("patrol", { type: "geojson", data: EMPTY });
  for (const layer of drawn) map.addLayer({ source: "patrol", ...layer }, layer.type === "line" ? UNDER_NAMES : undefined);

  const click = (event) => {
    if (ask) {
      const done = ask;
      stopAsking();
      return done({ lon: Number(event.lngLat.lng.toFixed(6)), lat: Number(event.lngLat.lat.toFixed(6)) });
    }
    const found = map.queryRenderedFeatures(event.point, { layers: ["patrol-stops"] })[0];
    if (found || !desk.chosenUnit()) desk.choose(found?.properties.stop ?? null);
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

  const units = () => desk.patrol().plan?.units ?? [];
  const colourOf = (name) => COLOURS[units().findIndex((unit) => unit.name === name) % COLOURS.length];
  const apart = (name) => Boolean(desk.chosenUnit()) && name !== desk.chosenUnit();

  function ways() {
    const found = (desk.patrol().routes?.features ?? []).filter(({ geometry }) => geometry.type === "LineString");
    return found.map(({ geometry, properties: { unit } }) => ({ type: "Feature", geometry, properties: { unit, colour: colourOf(unit), dim: apart(unit) } }));
  }

  /** The way from the visit before to the one shown of the chosen unit. */
  function leg() {
    const unit = units().find((one) => one.name === desk.chosenUnit());
    const visit = unit && desk.crew.visit(unit.name);
    const route = visit && desk.patrol().routes.features.find(({ geometry, properties }) => geometry.type === "LineString" && properties.unit === unit.name);
    if (!route) return [];
    const before = unit.visits[unit.visits.indexOf(visit) - 1];
    const [from, to] = [Date.parse(before?.leave ?? unit.leave), Date.parse(visit.arrive)];
    const inside = route.properties.times.map((time) => Date.parse(time) >= from && Date.parse(time) <= to);
    const coordinates = route.geometry.coordinates.filter((_, index) => inside[index]);
    return coordinates.length > 1 ? [{ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { colour: colourOf(unit.name), leg: true } }] : [];
  }

  /** Every stop once, with the numbers it has on each route. */
  function stops() {
    const { routes, asked, stops: made } = desk.patrol();
    const shown = desk.chosenUnit() ? desk.crew.visit(desk.chosenUnit())?.stop : desk.chosen();
    const found = new Map([...asked.stop, ...made].map(({ name, at }) => [name, { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { stop: name, rank: 1000, dim: Boolean(desk.chosenUnit()), chosen: name === shown } }]));
    for (const { geometry, properties: { unit, stop, number } } of routes?.features ?? []) {
      const mine = found.get(stop)?.properties;
      if (geometry.type !== "Point" || !mine || apart(unit)) continue;
      const key = `of${units().findIndex((one) => one.name === unit) % COLOURS.length}`;
      const before = Object.keys(mine).some((name) => name.startsWith("of") && name !== key) ? " " : "";
      mine[key] = mine[key] ? `${mine[key]}·${number}` : `${before}${number}`;
      Object.assign(mine, { dim: false, rank: Math.min(mine.rank, number), colour: !before && (mine.colour ?? colourOf(unit)) === colourOf(unit) ? colourOf(unit) : inks().name });
    }
    return [...found.values()];
  }

  function draw() {
    map.getSource("patrol").setData({ type: "FeatureCollection", features: [...ways(), ...leg(), ...stops()] });
  }

  function frame(features) {
    const points = features.flatMap(({ geometry }) => (geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates));
    if (!points.length) return;
    const [lons, lats] = [points.map((p) => p[0]), points.map((p) => p[1])];
    map.resize();
    goTo(map, [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
  }

  const fit = () => frame([...ways(), ...stops()]);

  /** Bring what is chosen into view: a unit's route, on a phone its next leg; a stop out of sight. */
  function show() {
    map.resize();
    if (desk.chosenUnit()) return frame((PHONE.matches && leg().length ? leg() : null) ?? ways().filter((one) => !one.properties.dim));
    const at = stops().find(({ properties }) => properties.stop === desk.chosen())?.geometry.coordinates;
    if (at && !map.getBounds().contains(at)) map.panTo(at);
  }

  function remove() {
    stopAsking();
    map.off("click", click);
    for (const { id } of drawn) map.removeLayer(id);
    map.removeSource("patrol");
  }

  return { draw, fit, show, askPlace, stopAsking, remove };
}
