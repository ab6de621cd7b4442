// What an edit would make, drawn over the cells, and its figures beside the pointer.

import { fill, h } from "../frame/dom.js";
import { inks } from "../map/inks.js";

const EMPTY = { type: "FeatureCollection", features: [] };

export function createOverlay(map, stage, signal) {
  const beside = h("div", { id: "beside", hidden: true });
  const cross = h("div", { id: "cross", hidden: true, "aria-hidden": "true" });
  stage.append(beside, cross);
  const accent = inks().accent;
  map.addSource("edit", { type: "geojson", data: EMPTY });
  map.addSource("picked", { type: "geojson", data: EMPTY });
  map.addLayer({ id: "edit-picked", type: "line", source: "picked", paint: { "line-color": accent, "line-width": 4 } });
  map.addLayer({ id: "edit-fill", type: "fill", source: "edit", paint: { "fill-color": ["match", ["get", "part"], 0, "#0072b2", 1, "#e69f00", 2, "#009e73", "#cc79a7"], "fill-opacity": 0.35 } });
  map.addSource("wrong", { type: "geojson", data: EMPTY });
  map.addLayer({ id: "edit-wrong", type: "circle", source: "wrong", paint: { "circle-radius": 9, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": "#d7191c", "circle-stroke-width": 3 } });
  map.addLayer({ id: "edit-line", type: "line", source: "edit", paint: { "line-color": accent, "line-width": 2, "line-dasharray": [3, 2] } });

  stage.addEventListener(
    "pointermove",
    (event) => {
      const box = stage.getBoundingClientRect();
      const left = event.clientX - box.left + 16;
      beside.style.left = `${Math.min(left, Math.max(0, box.width - beside.offsetWidth - 8))}px`;
      beside.style.top = `${Math.min(event.clientY - box.top + 16, Math.max(0, box.height - beside.offsetHeight - 8))}px`;
    },
    { signal },
  );

  return {
    pick(shapes, drawing) {
      map.getSource("picked").setData(shapes ?? EMPTY);
      cross.hidden = !drawing;
    },
    show: (features) => map.getSource("edit").setData(features ?? EMPTY),
    /** Ring the place where an edit cannot be done. */
    mark: (place) => map.getSource("wrong").setData(place ? { type: "Point", coordinates: place } : EMPTY),
    tell(lines) {
      beside.hidden = !lines.length;
      fill(beside, lines.map((line) => h("div", {}, line)));
    },
    clear() {
      this.pick(null, false);
      this.show(null);
      this.mark(null);
      this.tell([]);
    },
    remove() {
      for (const layer of ["edit-picked", "edit-fill", "edit-line", "edit-wrong"]) map.removeLayer(layer);
      for (const source of ["edit", "picked", "wrong"]) map.removeSource(source);
      beside.remove();
      cross.remove();
    },
  };
}
