// Layers of places beside the incidents: switched on and off, added, shown to the public, removed.

import { button, fill, h } from "../frame/dom.js";
import { isOpen, keepOpen } from "../frame/fold.js";
import { n, t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";
import { once } from "../frame/work.js";
import { drawPlaces, inkOf } from "../map/places.js";
import { goTo } from "../map/base.js";

const KINDS = ".geojson,.json,.gpkg,.zip,.kml,.fgb,.parquet,.gz";

export function createPlaces(ctx) {
  const { api, state, map, session, signal } = ctx;
  const drawn = drawPlaces(map);
  const element = h("fieldset", { class: "tight places", hidden: true });
  const work = h("div", { "aria-live": "polite" });
  const may = session.can.includes("plan");
  let layers = [];

  const on = (layer) => (state.get().places ?? []).includes(String(layer.id));
  const shown = () => layers.filter(on);

  async function load() {
    layers = (await api.get("/places", {}, { signal })).map((layer, index) => ({ ...layer, colour: inkOf(index) }));
    update();
  }

  function update() {
    drawn.show(shown());
    element.hidden = !layers.length && !may;
    fill(element, h("legend", {}, t("incidents.places")), h("ul", { class: "tight" }, layers.map(line)), may && adder(), work);
    listeners.forEach((listener) => listener(shown()));
  }

  function turn(layer) {
    const next = new Set(state.get().places ?? []);
    if (!next.delete(String(layer.id))) next.add(String(layer.id));
    state.set({ places: [...next].sort((a, b) => a - b) });
  }

  function line(layer) {
    const box = h("input", { type: "checkbox", checked: on(layer), onchange: () => turn(layer), "data-key": `places-${layer.id}` });
    const name = h("label", { class: "row" }, box, swatch(layer), h("span", { class: "grow" }, layer.name), h("span", { class: "soft small" }, n(layer.rows)));
    if (!may) return h("li", {}, name);
    const shut = !isOpen(state, `place-${layer.id}`);
    const more = button("⋯", () => keepOpen(state, `place-${layer.id}`, shut), { class: "icon", "aria-expanded": String(!shut), "aria-label": t("incidents.places_more", { name: layer.name }), "data-key": `places-more-${layer.id}` });
    return h("li", { class: "place-layer" }, name, more, !shut && tools(layer));
  }

  function tools(layer) {
    const dropped = layer.dropped.length > 0 && h("p", { class: "soft small" }, t("incidents.places_dropped", { columns: layer.dropped.join(t("comma")) }));
    const publish = h("input", { type: "checkbox", checked: layer.public, onchange: () => run(() => api.send(layer.public ? "DELETE" : "PUT", `/places/${layer.id}/published`)), "data-key": `places-public-${layer.id}` });
    const there = button(t("incidents.places_go"), () => goTo(map, layer.bounds), { class: "plain", "data-key": `places-go-${layer.id}` });
    return h("div", { class: "place-tools tight" }, dropped, h("label", { class: "row" }, publish, h("span", {}, t("incidents.places_public"))), h("div", { class: "row" }, there, removal(layer)));
  }

  /** Taking a layer away is asked twice. */
  function removal(layer) {
    const sure = () => {
      const gone = async () => {
        await api.remove(`/places/${layer.id}`);
        if (on(layer)) turn(layer);
      };
      fill(work, h("p", { class: "warn row" }, t("incidents.places_sure", { name: layer.name }), button(t("incidents.places_remove"), () => run(gone), { class: "danger", "data-key": "places-remove-sure" }), button(t("cancel"), () => fill(work))));
      work.querySelector("button").focus();
    };
    return button(t("incidents.places_remove"), sure, { class: "plain", "data-key": `places-remove-${layer.id}` });
  }

  const run = once(async (act) => {
    try {
      await act();
      fill(work);
      await load();
    } catch (error) {
      ctx.notify(error);
    }
  });

  function adder() {
    const file = h("input", { type: "file", class: "quiet", accept: KINDS, tabindex: "-1", "aria-label": t("incidents.places_add"), onchange: () => file.files.length && add(file.files[0]).catch(ctx.notify) });
    return h("div", {}, button(t("incidents.places_add"), () => file.click(), { class: "plain", "data-key": "places-add" }), file);
  }

  async function add(file) {
    const form = new FormData();
    form.append("file", file);
    form.append("kind", "place");
    form.append("name", file.name.replace(/\.(geojson|json|gpkg|zip|kml|fgb|parquet|shp)(\.gz)?$/i, ""));
    const made = await follow(ctx, await api.post("/imports", form), work);
    await load(); // does not go on once the workspace was left
    const layer = layers.find((one) => one.id === made.layer);
    goTo(map, layer.bounds);
    turn(layer);
    const said = [t("incidents.places_added", { name: layer.name, rows: layer.rows })];
    if (layer.dropped.length) said.push(t("incidents.places_dropped", { columns: layer.dropped.join(t("comma")) }));
    if (layer.left_out) said.push(t("incidents.places_left_out", { count: layer.left_out }));
    fill(work, said.map((text) => h("p", { class: "soft small" }, text)));
  }

  const listeners = [];
  const stop = state.on(["places", "fold"], update);
  return {
    element,
    load,
    /** Call listener(layers shown) now and whenever they change. */
    follow: (listener) => (listeners.push(listener), listener(shown())),
    name: (id) => layers.find((layer) => layer.id === id)?.name ?? "",
    choose: drawn.choose,
    /** What to choose for a click: the place nearest to it, or null. */
    async pick(point, lngLat) {
      const found = drawn.at(point);
      if (!found) return null;
      const { features } = await api.get(`/places/${found.layer}/at`, { lon: lngLat.lng, lat: lngLat.lat, metres: found.metres });
      return features.length ? `place:${found.layer}:${features[0].id}` : null;
    },
    remove: () => (stop(), drawn.remove()),
  };
}

/** How a layer looks on the map: a ring for points, a stroke for lines, a box for areas. */
export const swatch = ({ shapes, colour }) => h("span", { class: `swatch of-${shapes[0]}`, style: { color: colour }, "aria-hidden": "true" });

/** What the file says of a place. */
export async function showPlace(ctx, id, body, { places, signal, bring: come }) {
  const [layer, row] = id.split(":").map(Number);
  fill(body, h("p", { class: "soft" }, t("loading")));
  const place = await ctx.api.get(`/places/${layer}/${row}`, {}, { signal });
  const { name, columns } = place.properties;
  const pairs = Object.entries(columns).filter(([, value]) => value !== null && value !== "");
  const word = (value) => (typeof value === "boolean" ? t(value ? "incidents.yes" : "incidents.no") : Number.isInteger(value) || typeof value !== "number" ? String(value) : n(value));
  fill(
    body,
    h("h2", {}, name || places.name(layer)),
    name && h("p", { class: "soft" }, places.name(layer)),
    pairs.length ? h("dl", { class: "figures wordy" }, pairs.map(([key, value]) => [h("dt", {}, key), h("dd", {}, word(value))])) : h("p", { class: "empty" }, t("incidents.place_bare")),
  );
  places.choose(place);
  if (come) bring(ctx.map, place.geometry);
}

/** Go to a place of which nothing is to be seen. */
function bring(map, geometry) {
  const flat = geometry.coordinates.flat(Infinity);
  const [xs, ys] = [0, 1].map((odd) => flat.filter((_, index) => index % 2 === odd));
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const view = map.getBounds();
  if (box[2] < view.getWest() || box[0] > view.getEast() || box[3] < view.getSouth() || box[1] > view.getNorth()) goTo(map, box, 16);
}
