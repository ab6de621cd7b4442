// The map as it is on paper: light inks on white and sharp, whatever the screen shows.

import { n } from "../frame/i18n.js";
import { DARK, LIGHT } from "./inks.js";

const SHARP = 2;
const WHITE = "#ffffff";

/** Copy the map to a canvas of its own, at once: browsers do not wait before they print. */
export function copyMap(map) {
  const ratio = map.getPixelRatio();
  const undo = lighten(map);
  map.setPixelRatio(Math.max(ratio, SHARP));
  map.redraw();
  const source = map.getCanvas();
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [source.width, source.height];
  copy.getContext("2d").drawImage(source, 0, 0);
  undo.forEach(([layer, name, value]) => map.setPaintProperty(layer, name, value));
  map.setPixelRatio(ratio);
  return copy;
}

/** Give every layer its light colours, on white ground; returns what they were. */
function lighten(map) {
  const was = [];
  for (const { id, paint = {} } of map.getStyle().layers) {
    for (const [name, value] of Object.entries(paint)) {
      const light = onWhite(name, value);
      if (light === null) continue;
      was.push([id, name, value]);
      map.setPaintProperty(id, name, light);
    }
  }
  return was;
}

function onWhite(name, value) {
  if (value === LIGHT.ground || value === DARK.ground) return WHITE;
  if (value === DARK.opacity) return LIGHT.opacity;
  const key = Object.keys(DARK).find((one) => DARK[one] === value);
  return key && typeof value === "string" ? LIGHT[key] : null;
}

/** A round length that fits a quarter of the map: its name, and the part of the width it takes. */
export function scaleOf(map) {
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const [west, east] = [map.unproject([0, height / 2]), map.unproject([width, height / 2])];
  const metres = west.distanceTo(east);
  const ten = 10 ** Math.floor(Math.log10(metres / 4));
  const length = ten * [5, 2, 1].find((digit) => digit * ten <= metres / 4);
  return { name: length < 1000 ? `${n(length)} m` : `${n(length / 1000)} km`, part: length / metres };
}
