// Incidents as points: those of the chosen cell, and the one that is chosen, whose pin can be moved.

import { Marker } from "maplibre-gl";

import { filterOf } from "./filter.js";

const MOST = 1000;
const EMPTY = { type: "FeatureCollection", features: [] };

export function drawPins({ map, api, state, plan }) {
  let shown = EMPTY;
  let marker = null;
  map.addSource("pins", { type: "geojson", data: EMPTY });
  map.addLayer({
    id: "pins",
    type: "circle",
    source: "pins",
    paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 2.5, 17, 6], "circle-color": "#0b5cad", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 },
  });

  const draw = (incidents) => {
    const placed = incidents.filter((one) => one.lon !== null);
    shown = { type: "FeatureCollection", features: placed.map((one) => ({ type: "Feature", properties: { id: one.id }, geometry: { type: "Point", coordinates: [one.lon, one.lat] } })) };
    map.getSource("pins")?.setData(shown);
  };

  return {
    /** Show the incidents of a cell or group under the filter, or what is overdue of it whenever it was reported. Answers the list. */
    async ofUnit(code, late, signal) {
      const view = state.get();
      const { start, end, weekday, hour, ...rest } = filterOf(view);
      const asked = late ? { ...rest, late } : { ...rest, start, end, weekday, hour };
      const answer = await api.get("/incidents", { ...asked, plan: plan().id, cell: code, level: view.level, limit: MOST }, { signal });
      draw(answer.incidents);
      return answer;
    },
    /** Take the incidents of a unit away. */
    clear: () => draw([]),
    at: (point) => {
      const near = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]];
      return map.queryRenderedFeatures(near, { layers: ["pins"] })[0]?.properties.id;
    },
    /** Put a pin where it can be dragged; moved(lngLat) is told. */
    put(lngLat, moved) {
      marker?.remove();
      marker = new Marker({ draggable: Boolean(moved), color: "#b10026" }).setLngLat(lngLat).addTo(map);
      if (moved) marker.on("dragend", () => moved(marker.getLngLat()));
      return marker;
    },
    lift() {
      marker?.remove();
      marker = null;
    },
    choose(id) {
      if (id === null) this.lift();
    },
    remove() {
      this.lift();
      map.removeLayer("pins");
      map.removeSource("pins");
    },
  };
}
