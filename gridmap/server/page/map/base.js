// The one map: background, streets and their names from our own tiles, camera kept in the address.

import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, prewarm, setWorkerUrl } from "maplibre-gl";

import { byId } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { settled } from "../frame/work.js";
import { dark, inks } from "./inks.js";

setWorkerUrl(byId("worker").href);
prewarm();

/** Labels are drawn with the reader's own fonts: the style names no glyph address. */
export const FONT = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"];

/** What workspaces draw goes under the street names. */
export const UNDER_NAMES = "street-names";

/** Pixels around the city in the first view. */
const MARGIN = 24;

const MAIN = ["in", ["get", "class"], ["literal", ["motorway", "motorway_link", "trunk", "trunk_link", "primary", "secondary"]]];

/** Without streets nothing asks for their tiles; what workspaces draw still finds its place. */
const BARE = { sources: {}, layers: [{ id: UNDER_NAMES, type: "background", layout: { visibility: "none" } }] };

function streetParts(ink) {
  const width = (thin, wide) => ["interpolate", ["exponential", 1.6], ["zoom"], 11, thin / 3, 13, thin, 18, wide];
  return {
    sources: { streets: { type: "vector", tiles: [`${location.origin}/tiles/streets/{z}/{x}/{y}.mvt`], minzoom: 10, maxzoom: 16 } },
    layers: [
      {
        id: "streets",
        type: "line",
        source: "streets",
        "source-layer": "streets",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": ink.street, "line-width": width(0.8, 12) },
      },
      {
        id: "streets-major",
        type: "line",
        source: "streets",
        "source-layer": "streets",
        filter: MAIN,
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": ink.major, "line-width": width(1.8, 18) },
      },
      {
        id: UNDER_NAMES,
        type: "symbol",
        source: "streets",
        "source-layer": "streets",
        minzoom: 12.5,
        layout: {
          "symbol-placement": "line",
          "symbol-sort-key": ["case", MAIN, 0, 1],
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["zoom"], 12, 10, 17, 14],
          "text-max-angle": 30,
          "symbol-spacing": 320,
        },
        paint: { "text-color": ink.name, "text-halo-color": ink.halo, "text-halo-width": 1.5 },
      },
    ],
  };
}

function style(session) {
  const ink = inks();
  const { sources, layers } = session.streets ? streetParts(ink) : BARE;
  return { version: 8, transition: { duration: 0 }, sources, layers: [{ id: "ground", type: "background", paint: { "background-color": ink.ground } }, ...layers] };
}

function recolour(map) {
  const ink = inks();
  map.setPaintProperty("ground", "background-color", ink.ground);
  if (!map.getSource("streets")) return;
  map.setPaintProperty("streets", "line-color", ink.street);
  map.setPaintProperty("streets-major", "line-color", ink.major);
  map.setPaintProperty(UNDER_NAMES, "text-color", ink.name);
  map.setPaintProperty(UNDER_NAMES, "text-halo-color", ink.halo);
}

const camera = (map) => {
  const at = map.getCenter();
  return `${map.getZoom().toFixed(2)}/${at.lng.toFixed(5)}/${at.lat.toFixed(5)}`;
};

const parse = (text) => {
  const [zoom, lon, lat] = (text ?? "").split("/").map(Number);
  return [zoom, lon, lat].every(Number.isFinite) ? { zoom, center: [lon, lat] } : null;
};

/** Make the map; resolves when its style is there, so that workspaces can add layers. */
export async function createMap(element, state, session) {
  const seen = parse(state.get().map);
  const map = new MapLibre({
    container: element,
    style: style(session),
    ...(seen ?? { bounds: session.bounds, fitBoundsOptions: { padding: MARGIN } }),
    attributionControl: false,
    localIdeographFontFamily: FONT.join(","),
    canvasContextAttributes: { preserveDrawingBuffer: true },
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 20,
    locale: {
      "NavigationControl.ZoomIn": t("zoom_in"),
      "NavigationControl.ZoomOut": t("zoom_out"),
      "Map.Title": t("map"),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 96, unit: "metric" }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false, customAttribution: session.attribution ?? "" }), "bottom-right");
  map.on("moveend", settled(() => state.set({ map: camera(map) }, { replace: true }), 200));
  state.on(["map"], (view) => {
    const there = parse(view.map);
    if (there && view.map !== camera(map)) map.jumpTo(there);
  });
  if (!seen && session.bounds) fitUntilReady(map, session.bounds);
  await new Promise((resolve) => map.once("style.load", resolve));
  dark.addEventListener("change", () => recolour(map));
  return map;
}

/** While the page is being put together the map shrinks: the city stays whole, unless somebody has moved it. */
function fitUntilReady(map, bounds) {
  let fitted = camera(map);
  map.on("resize", () => {
    if (document.documentElement.dataset.ready || camera(map) !== fitted) return;
    map.fitBounds(bounds, { padding: MARGIN, duration: 0 });
    fitted = camera(map);
  });
}

/** Bring a box [west, south, east, north] into view. */
export function goTo(map, [west, south, east, north], maxZoom = 17) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  map.fitBounds([west, south, east, north], { padding: 48, maxZoom, duration: calm ? 0 : 500 });
}
