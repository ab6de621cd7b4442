// Where an address or a corner found by search lies: a mark, kept in the address, gone with the next click on the map.

import { Marker } from "maplibre-gl";

const MARKED = ["address", "crossing"];

/** Draw the mark the address asks for; answers mark({kind, bounds}), which moves it or takes it away. */
export function followSpot(map, state) {
  let drawn = null;
  const set = (spot) => state.set({ spot }, { replace: true });

  function draw() {
    drawn?.remove();
    const at = (state.get().spot ?? "").split("/").map(Number);
    const known = at.length === 2 && at.every(Number.isFinite) && Math.abs(at[1]) <= 90;
    drawn = known ? new Marker({ color: "#0b5cad", scale: 0.8 }).setLngLat(at).addTo(map) : null;
  }

  state.on(["spot"], draw);
  map.on("click", () => set(""));
  draw();
  return ({ kind, bounds: [west, south] }) => set(MARKED.includes(kind) ? `${west.toFixed(6)}/${south.toFixed(6)}` : "");
}
