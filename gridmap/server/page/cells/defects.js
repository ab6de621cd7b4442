// Cells of a layer somebody sent, and its defects, on the map.

const EMPTY = { type: "FeatureCollection", features: [] };
const VIOLET = "#5e3c99";
const MARKS = ["defect-fill", "defect-line", "defect-point", "defect-chosen"];

export function createDefectLayers(map) {
  let reference = null;
  let shown = true;
  map.addSource("defects", { type: "geojson", data: EMPTY });
  const colour = ["get", "colour"];
  map.addLayer({ id: "defect-fill", type: "fill", source: "defects", filter: ["all", ["==", ["geometry-type"], "Polygon"], ["get", "error"]], paint: { "fill-color": colour, "fill-opacity": 0.6 } });
  map.addLayer({ id: "defect-line", type: "line", source: "defects", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": colour, "line-width": 4 } });
  map.addLayer({ id: "defect-point", type: "circle", source: "defects", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": colour } });
  map.addLayer({ id: "defect-chosen", type: "line", source: "defects", filter: ["==", ["get", "id"], ""], paint: { "line-color": "#000000", "line-width": 2 } });

  /** Draw the cells of a layer from tiles, whatever their number; null for none. */
  function drawReference(number) {
    if (number === reference) return;
    if (reference !== null) {
      map.removeLayer("reference-line");
      map.removeSource("reference");
    }
    reference = number;
    if (number === null) return;
    map.addSource("reference", { type: "vector", tiles: [`${location.origin}/tiles/layers/${number}/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: 16 });
    map.addLayer({ id: "reference-line", type: "line", source: "reference", "source-layer": "cells", layout: { visibility: shown ? "visible" : "none" }, paint: { "line-color": VIOLET, "line-width": 1.5 } }, "defect-fill");
  }

  const see = (id, on) => map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
  return {
    show(number, marks) {
      drawReference(number);
      map.getSource("defects").setData(marks ?? EMPTY);
    },
    choose: (id) => map.setFilter("defect-chosen", ["all", ["!=", ["geometry-type"], "Point"], ["==", ["get", "id"], id ?? ""]]),
    /** Hide the defects, or the layer's own cells too. */
    hide(hidden, whole) {
      shown = !whole;
      MARKS.forEach((id) => see(id, !hidden && !whole));
      if (reference !== null) see("reference-line", shown);
    },
    at: (point) => map.queryRenderedFeatures([[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]], { layers: MARKS.slice(0, 3) })[0]?.properties.id,
    remove() {
      drawReference(null);
      for (const id of MARKS) map.removeLayer(id);
      map.removeSource("defects");
    },
  };
}
