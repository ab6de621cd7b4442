// Cells of a plan on the map: vector tiles with geometry and codes; colours come by code from figures.

import { query } from "../frame/api.js";
import { working } from "../frame/work.js";
import { FONT, UNDER_NAMES } from "./base.js";
import { inks } from "./inks.js";

const CELLS = "cells";
const LABELS_FROM = 13;
/** Below this zoom the borders of cells would hide a heat. */
const HEAT_BORDERS_FROM = 12;
/** Zooms at which levels show their borders, and widths of these (far, near): the coarsest first. */
const LEVEL_BORDERS = [
  { from: 0, widths: [1.8, 4] },
  { from: 8, widths: [0.9, 3] },
  { from: 12, widths: [0.8, 2] },
];
/** Pixels a cell must be wide for its border to tell more than it hides. */
const WIDE = 10;
const EMPTY = { type: "FeatureCollection", features: [] };

const pointsOf = ({ codes, lon, lat }) => ({
  type: "FeatureCollection",
  features: codes.map((code, index) => ({ type: "Feature", properties: { code }, geometry: { type: "Point", coordinates: [lon[index], lat[index]] } })),
});

/** Zoom from which the borders of so many cells within bounds tell more than they hide. */
export function bordersFrom([west, south, east, north], count) {
  const squeezed = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const degrees = Math.sqrt(((east - west) * squeezed * (north - south)) / Math.max(1, count));
  return Math.max(0, Math.log2((WIDE * 360 * squeezed) / (512 * degrees)));
}

/**
 * Draw the cells of a plan version, grouped by a level ("" means the cells themselves).
 *
 * Cells have their borders from the zoom "bordered" on.
 * colour(map of code to CSS colour), few(codes to hatch) and choose(code) can be called at any
 * time; renew(version) draws another version, the one before in view until its tiles are there;
 * remove() takes everything away.
 */
export function drawCells(map, { plan, version: first, levels, bordered = 0, id = "cells" }) {
  const layers = [CELLS, ...levels];
  const layerIds = [];
  const tiles = () => [`${location.origin}/tiles/cells/${plan}/${version}/{z}/{x}/{y}.mvt`];
  let version = first;
  let level = CELLS;
  let painted = [];
  let labelled = null;
  let named = null;

  map.addSource(id, {
    type: "vector",
    tiles: tiles(),
    minzoom: 0,
    maxzoom: 16,
    promoteId: Object.fromEntries(layers.map((layer) => [layer, "code"])),
  });

  const add = (name, type, options, before = UNDER_NAMES) => {
    const layer = `${id}-${name}`;
    layerIds.push(layer);
    map.addLayer({ id: layer, type, source: id, "source-layer": CELLS, ...options }, before);
  };
  const ink = inks();
  hatch(map);
  add("fill", "fill", {
    paint: { "fill-color": ["to-color", ["feature-state", "colour"], "rgba(0,0,0,0)"], "fill-opacity": ink.opacity, "fill-antialias": false },
  });
  add("area", "fill", { paint: { "fill-opacity": 0 } }); // to be asked, not to be drawn
  add("few", "fill", { filter: ["in", ["get", "code"], ["literal", []]], paint: { "fill-pattern": "hatch" } });
  add("border", "line", { minzoom: bordered, paint: { "line-color": ink.border, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.15, 12, 0.6], "line-opacity": 0.7 } });
  levels.slice(0, LEVEL_BORDERS.length).forEach((name, rank) => {
    const { from, widths: [far, near] } = LEVEL_BORDERS[rank];
    add(`level-${rank}`, "line", { "source-layer": name, minzoom: from, paint: { "line-color": ink.name, "line-opacity": 0.75, "line-width": ["interpolate", ["linear"], ["zoom"], 8, far, 16, near] } });
  });
  add("group", "line", { paint: { "line-color": ink.border, "line-width": ["interpolate", ["linear"], ["zoom"], 11, 1.4, 16, 3] } });
  add("sure", "line", { filter: ["in", ["get", "code"], ["literal", []]], paint: { "line-color": ink.chosen, "line-width": 2 } });
  add("chosen", "line", { filter: ["==", ["get", "code"], "\u0000"], paint: { "line-color": ink.chosen, "line-width": 3.5 } });
  const write = (name, source, size, zooms) => {
    map.addSource(source, { type: "geojson", data: EMPTY });
    const layout = { "text-field": ["get", "code"], "text-font": FONT, "text-size": size, "text-padding": 8 };
    map.addLayer({ id: name, type: "symbol", source, layout, ...zooms, paint: { "text-color": ink.name, "text-halo-color": ink.halo, "text-halo-width": 1.5 } }, UNDER_NAMES);
    layerIds.push(name);
  };
  write(`${id}-code`, `${id}-labels`, 12, { minzoom: LABELS_FROM });
  write(`${id}-group-name`, `${id}-group-names`, 15, { maxzoom: LABELS_FROM });

  function colour(colours) {
    for (const code of painted) map.removeFeatureState({ source: id, sourceLayer: level, id: code });
    painted = Object.keys(colours);
    for (const code of painted) map.setFeatureState({ source: id, sourceLayer: level, id: code }, { colour: colours[code] });
  }

  function setLevel(name) {
    const wanted = name || CELLS;
    if (wanted === level) return;
    colour({});
    level = wanted;
    for (const part of ["fill", "area", "few", "group", "sure", "chosen"]) retarget(map, `${id}-${part}`, level);
    map.setLayoutProperty(`${id}-group`, "visibility", level === CELLS ? "none" : "visible");
    coarser().forEach((seen, rank) => map.setLayoutProperty(`${id}-level-${rank}`, "visibility", seen ? "visible" : "none"));
    labelled = null;
    label();
    nameGroups();
  }

  /** Which levels have their borders drawn: those not finer than what is shown. */
  const coarser = () => levels.slice(0, LEVEL_BORDERS.length).map((_, rank) => level === CELLS || rank <= levels.indexOf(level));

  /** Codes are fetched when they are first near enough to be read. */
  async function label() {
    if (labelled === level || map.getZoom() < map.getLayer(`${id}-code`).minzoom) return;
    const [wanted, of] = [(labelled = level), version];
    const points = await places(level === CELLS ? undefined : level);
    if (wanted !== level || of !== version) return;
    if (points) map.getSource(`${id}-labels`)?.setData(points);
    else labelled = null;
  }

  /** Without an answer the map has no names: what it is for, it shows. */
  async function places(of) {
    const part = Symbol("names");
    working(part, true);
    try {
      const answer = await fetch(`/api/v1/plans/${plan}/labels${query({ version, level: of })}`);
      return answer.ok ? pointsOf(await answer.json()) : null;
    } catch {
      return null;
    } finally {
      working(part, false);
    }
  }

  /** Names of the groups shown, or of the coarsest, when they are first seen from afar. */
  async function nameGroups() {
    const wanted = level === CELLS ? levels[0] : level;
    if (!wanted || named === wanted || map.getZoom() >= LABELS_FROM) return;
    const of = version;
    named = wanted;
    const points = await places(wanted);
    if (points && named === wanted && of === version) map.getSource(`${id}-group-names`)?.setData(points);
  }
  map.on("idle", nameGroups);
  map.on("zoomend", label);
  nameGroups();
  label();
  map.setLayoutProperty(`${id}-group`, "visibility", "none");

  return {
    /** Layer to ask which cell or group is at a point. */
    area: () => `${id}-area`,
    /** Codes of what can be seen. */
    seen: () => new Set(map.queryRenderedFeatures({ layers: [`${id}-area`] }).map((feature) => feature.properties.code)),
    colour,
    setLevel,
    few: (codes) => map.setFilter(`${id}-few`, ["in", ["get", "code"], ["literal", codes]]),
    /** Codes whose change is more than chance get a thick border. */
    sure: (codes) => map.setFilter(`${id}-sure`, ["in", ["get", "code"], ["literal", codes]]),
    choose: (code) => map.setFilter(`${id}-chosen`, ["==", ["get", "code"], code ?? "\u0000"]),
    renew(next) {
      if (next === version) return;
      version = next;
      map.getSource(id).setTiles(tiles());
      labelled = named = null;
      label();
      nameGroups();
    },
    /** Without colours something lies below that borders of cells would hide from afar. */
    show(visible) {
      map.setLayoutProperty(`${id}-fill`, "visibility", visible ? "visible" : "none");
      map.setLayerZoomRange(`${id}-border`, visible ? bordered : HEAT_BORDERS_FROM, 24);
    },
    remove() {
      map.off("zoomend", label);
      map.off("idle", nameGroups);
      for (const layer of layerIds) map.removeLayer(layer);
      map.removeSource(`${id}-labels`);
      map.removeSource(`${id}-group-names`);
      map.removeSource(id);
    },
  };
}

/** Point a layer at another layer of the tiles, which MapLibre only does by making it anew. */
function retarget(map, layer, sourceLayer) {
  const spec = map.getStyle().layers;
  const at = spec.findIndex((one) => one.id === layer);
  map.removeLayer(layer);
  map.addLayer({ ...spec[at], "source-layer": sourceLayer }, spec[at + 1]?.id);
}

function hatch(map) {
  if (map.hasImage("hatch")) return;
  const size = 8;
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const on = (x + y) % size < 2;
      data.set([110, 110, 110, on ? 255 : 0], (y * size + x) * 4);
    }
  }
  map.addImage("hatch", { width: size, height: size, data });
}
