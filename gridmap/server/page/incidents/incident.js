// An incident: what is known of it; its status set, its pin moved.

import { button, fill, h } from "../frame/dom.js";
import { has, moment, n, t } from "../frame/i18n.js";
import { goTo } from "../map/base.js";

export async function showIncident(ctx, id, body, tools) {
  fill(body, h("p", { class: "soft" }, t("loading")));
  const incident = await ctx.api.get(`/incidents/${id}`, {}, { signal: tools.signal });
  draw(ctx, incident, body, tools);
}

function draw(ctx, incident, body, { pins, reload }) {
  const { map, session } = ctx;
  const at = incident.lon === null ? null : [incident.lon, incident.lat];
  const may = session.can.includes("report");
  const change = async (values) => {
    try {
      const answer = await ctx.api.patch(`/incidents/${incident.id}`, values, { headers: { "If-Match": `"${incident.version}"` } });
      ctx.speak(t("saved"));
      draw(ctx, answer, body, { pins, reload });
      await reload();
    } catch (error) {
      ctx.notify(error);
    }
  };
  const move = () => startMoving(ctx, pins, incident, note, change).catch(ctx.notify);
  const note = h("div", { class: "stack" });
  fill(
    body,
    h("h2", {}, incident.category || `${t("incident")} ${incident.id}`),
    facts(incident),
    may && h("div", { class: "row" }, button(t(at ? "move_pin" : "set_pin"), move, { "data-key": "move-pin" }), turn(incident.status, change)),
    note,
    extras(incident),
    history(incident),
  );
  if (at) {
    pins.put(at);
    if (!map.getBounds().contains(at)) map.easeTo({ center: at });
  } else pins.lift();
}

/** The button that closes an incident, or opens it again. */
function turn(status, change) {
  if (status === "closed") return button(t("set_open"), () => change({ status: "open", closed: null }), { "data-key": "set-open" });
  return button(t("set_closed"), () => change({ status: "closed", closed: new Date().toISOString() }), { "data-key": "set-closed" });
}

/** Where an address may be: the first thing found for it, or for its beginning. */
async function guess({ api, map }, address) {
  const words = address.split(/\s+/);
  for (let count = words.length; count > 0 && words[0]; count--) {
    const [found] = (await api.get("/search", { q: words.slice(0, count).join(" ") })).filter((one) => ["street", "crossing"].includes(one.kind));
    if (!found) continue;
    goTo(map, found.bounds);
    return [(found.bounds[0] + found.bounds[2]) / 2, (found.bounds[1] + found.bounds[3]) / 2];
  }
  return map.getCenter().toArray();
}

async function startMoving(ctx, pins, incident, note, change) {
  const { map } = ctx;
  const at = incident.lon === null ? null : [incident.lon, incident.lat];
  const start = at ?? (await guess(ctx, incident.address));
  let place = { lng: start[0], lat: start[1] };
  const marker = pins.put(start, (moved) => (place = moved));
  const element = marker.getElement();
  element.tabIndex = 0;
  element.setAttribute("aria-label", t("pin_keys"));
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const pixel = map.project(place);
    place = map.unproject([pixel.x + step[0], pixel.y + step[1]]);
    marker.setLngLat(place);
  });
  element.focus();
  const save = () => change({ lon: Number(place.lng.toFixed(6)), lat: Number(place.lat.toFixed(6)), why: t("moved_by_hand") });
  const cancel = () => {
    fill(note);
    if (at) pins.put(at);
    else pins.lift();
  };
  fill(note, h("p", {}, t("drag_pin")), h("div", { class: "row" }, button(t("save_place"), save, { class: "primary", "data-key": "save-place" }), button(t("cancel"), cancel)));
}

function facts(incident) {
  const pairs = [
    [t("when"), moment(incident.when, incident.day_only)],
    [t("cell"), incident.cell || `${t("unplaced")} – ${t(`reason_${incident.reason}`)}`],
    [t("address"), incident.address],
    [t("status"), incident.status && (has(`status_${incident.status}`) ? t(`status_${incident.status}`) : incident.status)],
    [t("source"), incident.source],
    [t("due"), incident.due && moment(incident.due)],
    [t("closed"), incident.closed && moment(incident.closed)],
    [t("number"), incident.ref || n(incident.id)],
  ];
  return h("dl", { class: "figures" }, pairs.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function extras({ extra }) {
  const pairs = Object.entries(extra).filter(([, value]) => value !== null && value !== "");
  if (!pairs.length) return null;
  return h("details", {}, h("summary", {}, t("other_columns")), h("dl", { class: "figures" }, pairs.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])));
}

function history({ history: changes }) {
  if (!changes.length) return null;
  return h("details", {}, h("summary", {}, t("history")), h("ul", { class: "small" }, changes.map((one) => h("li", {}, `${moment(one.at)} ${one.by} ${Object.keys(one.after).join(", ")}`))));
}
