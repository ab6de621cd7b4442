// Where an address or a corner found by search lies: a mark, gone with the next click on the map.

import { Marker } from "maplibre-gl";

let mark = null;

export function markSpot(map, { kind, bounds }) {
  mark?.remove();
  if (!["address", "crossing"].includes(kind)) return;
  mark = new Marker({ color: "#0b5cad", scale: 0.8 }).setLngLat([bounds[0], bounds[1]]).addTo(map);
  map.once("click", () => mark.remove());
}
