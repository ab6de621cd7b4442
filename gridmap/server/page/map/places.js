// Layers of places on the map: areas, lines and points from vector tiles, and the one that is chosen.

import { FONT, UNDER_NAMES } from "./base.js";
import { inks } from "./inks.js";

/** Colours apart from each other and from the classes of the cells below. */
const INKS = ["#0072b2", "#007a5a", "#aa3377", "#3f6fd1", "#5d3a9b", "#1f7f8f", "#7a4a00", "#333333"];
const NAMES_FROM = 14;
const REACH = 6;
const EMPTY = { type: "FeatureCollection", features: [] };
const NAME = ["coalesce", ["get", "name"], ["get", "code"], ""];

/** The colour of the n-th layer there is. */
export const inkOf = (index) => INKS[index % INKS.length];

const growing = (from, to) => ["interpolate", ["linear"], ["zoom"], 11, from, 17, to];

function specs(colour) {
  const ink = inks();
  const text = { "text-field": NAME, "text-font": FONT, "text-size": 12, "text-offset": [0, 0.9], "text-anchor": "top", "text-optional": true };
  const written = { "text-color": ink.name, "text-halo-color": ink.halo, "text-halo-width": 1.5 };
  return [
    // no tint: the colours of the figures below keep their meaning
    ["fill", { type: "fill", "source-layer": "cells", paint: { "fill-color": "rgba(0,0,0,0)" } }],
    ["rim", { type: "line", "source-layer": "cells", paint: { "line-color": colour, "line-width": growing(1.2, 3) } }],
    ["line", { type: "line", "source-layer": "lines", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour, "line-width": growing(1.5, 5) } }],
    ["point", { type: "circle", "source-layer": "points", paint: { "circle-color": colour, "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, 13, 3.5, 17, 8], "circle-stroke-color": "#ffffff", "circle-stroke-width": growing(0.5, 1.5) } }],
    ["areaname", { type: "symbol", "source-layer": "cells", minzoom: NAMES_FROM, layout: { ...text, "text-offset": [0, 0], "text-anchor": "center" }, paint: written }],
    ["name", { type: "symbol", "source-layer": "points", minzoom: NAMES_FROM, layout: text, paint: written }],
  ];
}

export function drawPlaces(map) {
  const drawn = new Map();
  map.addSource("place", { type: "geojson", data: EMPTY });
  map.addLayer({ id: "place-line", type: "line", source: "place", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": inks().chosen, "line-width": 4 } });
  map.addLayer({ id: "place-point", type: "circle", source: "place", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 11, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": inks().chosen, "circle-stroke-width": 3 } });

  function put(layer) {
    const id = `place-${layer.id}`;
    map.addSource(id, { type: "vector", tiles: [`${location.origin}/tiles/layers/${layer.id}/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: 16, bounds: layer.bounds });
    const ids = specs(layer.colour).map(([part, spec]) => {
      map.addLayer({ id: `${id}-${part}`, source: id, ...spec }, UNDER_NAMES);
      return `${id}-${part}`;
    });
    drawn.set(layer.id, ids);
  }

  function take(id) {
    for (const one of drawn.get(id)) map.removeLayer(one);
    map.removeSource(`place-${id}`);
    drawn.delete(id);
  }

  return {
    /** Draw these layers {id, bounds, colour}, and no others. */
    show(layers) {
      const wanted = new Set(layers.map((layer) => layer.id));
      for (const id of [...drawn.keys()]) if (!wanted.has(id)) take(id);
      for (const layer of layers) if (!drawn.has(layer.id)) put(layer);
    },
    /** The layer drawn at a point of the screen, and how many metres the pointer may be beside it. */
    at(point) {
      const box = [[point.x - REACH, point.y - REACH], [point.x + REACH, point.y + REACH]];
      const ids = [...drawn.values()].flat().filter((id) => !/name$/.test(id));
      const [found] = ids.length ? map.queryRenderedFeatures(box, { layers: ids }) : [];
      if (!found) return null;
      const [here, beside] = [map.unproject(point), map.unproject([point.x + REACH, point.y])];
      return { layer: Number(found.layer.id.split("-")[1]), metres: here.distanceTo(beside) };
    },
    choose: (feature) => map.getSource("place").setData(feature ?? EMPTY),
    remove() {
      this.show([]);
      map.removeLayer("place-line");
      map.removeLayer("place-point");
      map.removeSource("place");
    },
  };
}
