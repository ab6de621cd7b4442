// Drawing a line or an area on the map, its points snapped to the exact vertices of the cells.

import { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

import { inks } from "../map/inks.js";

/** Decimals of a degree, one number from end to end: terra-draw refuses its own snapped points beyond. */
const PRECISION = 9;
const REACH = 10;
const round = (value) => Number(value.toFixed(PRECISION));

/**
 * Start drawing "linestring" or "polygon" on a map.
 *
 * shapes: GeoJSON of the cells to snap to, every decimal kept. changed(geometry, done) is told
 * after every move; done is true when the drawing was finished by a double click or Enter.
 */
export function startDrawing(map, { kind, shapes, changed }) {
  const borders = bordersOf(shapes);
  const ink = inks().accent;
  const snapping = { toCustom: (event) => snap(map, borders, event) };
  const shared = { snapping, pointerDistance: REACH, keyEvents: { cancel: null, finish: "Enter" }, showCoordinatePoints: true };
  const modes = [
    new TerraDrawLineStringMode({ ...shared, styles: { lineStringColor: ink, lineStringWidth: 3, closingPointColor: ink } }),
    new TerraDrawPolygonMode({ ...shared, styles: { fillColor: ink, fillOpacity: 0.15, outlineColor: ink, outlineWidth: 3, closingPointColor: ink } }),
  ];
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }), modes });
  draw.start();
  draw.setMode(kind);

  const drawn = () => draw.getSnapshot().find((one) => one.properties.mode === kind && ["LineString", "Polygon"].includes(one.geometry.type))?.geometry;
  draw.on("change", () => changed(drawn(), false));
  draw.on("finish", () => changed(drawn(), true));

  return {
    drawn,
    /** Add the middle of the map as the next point, for who draws by keyboard. */
    addMiddle: () => press(map, middle(map)),
    /** Finish as a double click does. */
    finish: () => key(map, "Enter"),
    again() {
      draw.clear();
      draw.setMode("static");
      draw.setMode(kind);
      changed(undefined, false);
    },
    stop: () => draw.stop(),
  };
}

/** Vertices and segments of cells, once each. */
function bordersOf(shapes) {
  const vertices = new Map();
  const segments = [];
  const ring = (points) => {
    points.forEach((point, i) => {
      vertices.set(point.join(), point);
      if (i) segments.push([points[i - 1], point]);
    });
  };
  const walk = (part) => (typeof part[0][0] === "number" ? ring(part) : part.forEach(walk));
  for (const shape of shapes.features) walk(shape.geometry.coordinates);
  return { vertices: [...vertices.values()], segments };
}

/** The nearest vertex within reach of the pointer, else the nearest place on a border. */
function snap(map, { vertices, segments }, event) {
  const here = { x: event.containerX, y: event.containerY };
  const corner = (dx, dy) => map.unproject([here.x + dx, here.y + dy]);
  const [low, high] = [corner(-REACH, REACH), corner(REACH, -REACH)];
  const within = ([x, y]) => x >= low.lng && x <= high.lng && y >= low.lat && y <= high.lat;
  const pixels = (point) => map.project(point);
  const away = (point) => Math.hypot(point.x - here.x, point.y - here.y);

  const corners = vertices.filter(within);
  if (corners.length) return nearest(corners, (point) => away(pixels(point))).map(round);
  const crosses = ([[ax, ay], [bx, by]]) => Math.max(ax, bx) >= low.lng && Math.min(ax, bx) <= high.lng && Math.max(ay, by) >= low.lat && Math.min(ay, by) <= high.lat;
  const feet = segments.filter(crosses).map(([a, b]) => foot(pixels(a), pixels(b), here, a, b)).filter((one) => away(one.at) <= REACH);
  return feet.length ? nearest(feet, (one) => away(one.at)).point.map(round) : undefined;
}

function foot(a, b, here, from, to) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const t = Math.max(0, Math.min(1, ((here.x - a.x) * dx + (here.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  const point = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
  return { at: { x: a.x + t * dx, y: a.y + t * dy }, point };
}

const nearest = (list, measure) => list.reduce((best, one) => (measure(one) < measure(best) ? one : best));

const middle = (map) => ({ x: map.getCanvas().clientWidth / 2, y: map.getCanvas().clientHeight / 2 });

/** Let the canvas feel a click, as if the pointer were there. */
function press(map, { x, y }) {
  const canvas = map.getCanvas();
  const box = canvas.getBoundingClientRect();
  const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true, isPrimary: true, pointerId: 1, pointerType: "mouse", button: 0 };
  for (const name of ["pointermove", "pointerdown", "pointerup"]) canvas.dispatchEvent(new PointerEvent(name, { ...at, buttons: name === "pointerdown" ? 1 : 0 }));
}

function key(map, name) {
  for (const type of ["keydown", "keyup"]) map.getCanvas().dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true }));
}

/** How far a drawn point may be moved onto a border, in metres: three pixels of the map. */
export function reachOf(map) {
  const metres = (78271.516964 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** map.getZoom();
  return Number(Math.min(10, Math.max(0.2, 3 * metres)).toFixed(2));
}

/** Length of a line in metres. */
export function metres(coordinates) {
  let sum = 0;
  for (let i = 1; i < coordinates.length; i++) {
    const [[ax, ay], [bx, by]] = [coordinates[i - 1], coordinates[i]];
    const across = (bx - ax) * Math.cos((((ay + by) / 2) * Math.PI) / 180);
    sum += Math.hypot(across, by - ay) * 111195;
  }
  return sum;
}

/** A geometry with enough different points, its last repeats dropped; null if it is not yet one. */
export function usable(geometry) {
  const polygon = geometry.type === "Polygon";
  const points = (polygon ? geometry.coordinates[0] : geometry.coordinates).filter((point, i, all) => !i || point.join() !== all[i - 1].join());
  if (points.length < (polygon ? 4 : 2)) return null;
  return { type: geometry.type, coordinates: polygon ? [points] : points };
}
