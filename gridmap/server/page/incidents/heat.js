// Heat: tiles drawn by the server from every incident under the filter, one scale for all of them.

import { query } from "../frame/api.js";
import { UNDER_NAMES } from "../map/base.js";

export function drawHeat(map) {
  let asked = null;
  const address = (filter) => `${location.origin}/tiles/heat/{z}/{x}/{y}.png${query(filter)}`;

  function show(filter) {
    const wanted = filter && address(filter);
    if (wanted === asked) return;
    asked = wanted;
    if (!wanted) return hide();
    const source = map.getSource("heat");
    if (source) return source.setTiles([wanted]);
    map.addSource("heat", { type: "raster", tiles: [wanted], tileSize: 256, minzoom: 8, maxzoom: 16 });
    map.addLayer({ id: "heat", type: "raster", source: "heat", paint: { "raster-opacity": 0.85, "raster-fade-duration": 0 } }, UNDER_NAMES);
  }

  function hide() {
    if (!map.getSource("heat")) return;
    map.removeLayer("heat");
    map.removeSource("heat");
  }

  /** Colours and top of the scale, as the server draws it. */
  async function legend(view) {
    return { stops: ["transparent", "#bd0026"], top: view.top ?? "" };
  }

  return { show, legend, remove: hide };
}
