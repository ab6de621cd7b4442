// Heat: tiles drawn by the server from every incident under the filter, one scale for all of them.

import { query } from "../frame/api.js";

/** The heat lies under a layer of the map: borders and places stay sharp above it. */
export function drawHeat(map, api, under) {
  let drawn = null;

  /** What the colours mean under a filter: {n, peak, marks: [{density, color}]}. */
  const scale = (filter, options) => api.get("/tiles/heat/legend", filter, options);

  /** Draw the incidents of a filter, full hue at a peak; null takes the heat away. */
  function show(filter, peak) {
    const wanted = filter && `${location.origin}/tiles/heat/{z}/{x}/{y}.png${query({ ...filter, peak })}`;
    if (wanted === drawn) return;
    drawn = wanted;
    if (!wanted) return hide();
    const source = map.getSource("heat");
    if (source) return source.setTiles([wanted]);
    map.addSource("heat", { type: "raster", tiles: [wanted], tileSize: 256, minzoom: 8, maxzoom: 17 });
    map.addLayer({ id: "heat", type: "raster", source: "heat", paint: { "raster-opacity": 0.85, "raster-fade-duration": 0 } }, under);
  }

  function hide() {
    if (!map.getSource("heat")) return;
    map.removeLayer("heat");
    map.removeSource("heat");
  }

  return { scale, show, remove: () => show(null) };
}
