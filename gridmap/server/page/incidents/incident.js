// An incident: what is known of it; its status set, its pin moved.

import { button, field, fill, h, select } from "../frame/dom.js";
import { folding } from "../frame/fold.js";
import { has, moment, n, percent, t } from "../frame/i18n.js";
import { once } from "../frame/work.js";
import { goTo } from "../map/base.js";
import { called } from "./filter.js";

export async function showIncident(ctx, id, body, tools) {
  fill(body, h("p", { class: "soft" }, t("loading")));
  const incident = await ctx.api.get(`/incidents/${id}`, {}, { signal: tools.signal });
  draw(ctx, incident, body, tools);
  const at = placeOf(incident);
  if (tools.bring && at && !ctx.map.getBounds().contains(at)) ctx.map.easeTo({ center: at });
}

const placeOf = ({ lon, lat }) => (lon === null ? null : [lon, lat]);

function draw(ctx, incident, body, tools) {
  const { state, session } = ctx;
  const { pins, reload, signal } = tools;
  const at = placeOf(incident);
  const may = session.can.includes("report");
  const change = once(async (values) => {
    try {
      const answer = await ctx.api.patch(`/incidents/${incident.id}`, values, { headers: { "If-Match": `"${incident.version}"` } });
      ctx.speak(t("saved"));
      if (answer.also) ctx.notify(t("also_placed", { count: answer.also }));
      if (!signal.aborted) draw(ctx, answer, body, tools); // else something else is chosen since
      await reload();
    } catch (error) {
      ctx.notify(error);
    }
  });
  const begin = once(() => startMoving(ctx, tools, incident, note, change));
  const move = () => begin().catch(ctx.notify);
  const note = h("div", { class: "stack" });
  fill(
    body,
    h("h2", {}, incident.category || `${t("incident")} ${incident.id}`),
    facts(incident),
    may && h("div", { class: "row" }, button(t(at ? "move_pin" : "set_pin"), move, { "data-key": "move-pin" }), turn(incident, note, change)),
    note,
    extras(state, incident),
    history(state, incident),
  );
  if (at) pins.put(at);
  else pins.lift();
}

const isClosed = ({ status, closed }) => Boolean(closed) || status.toLowerCase() === "closed";

/** The button that opens the form which closes an incident, or opens it again. */
function turn(incident, note, change) {
  if (isClosed(incident)) return button(t("set_open"), () => change({ status: "open", closed: null }), { "data-key": "set-open" });
  return button(t("incidents.close_incident"), () => startClosing(note, change), { "data-key": "set-closed" });
}

/** How it ended, and whether those who reported it are content if they were asked. */
function startClosing(note, change) {
  const result = h("textarea", { rows: "2", maxlength: "2000", required: true, "data-key": "result" });
  const content = select([["", t("incidents.not_asked")], ["1", t("incidents.content")], ["0", t("incidents.not_content")]], "", () => {}, { "data-key": "content" });
  const send = (event) => {
    event.preventDefault();
    const asked = content.value ? { satisfied: Number(content.value) } : {};
    change({ status: "closed", closed: new Date().toISOString(), why: result.value, ...asked });
  };
  fill(note, h("form", { class: "stack", onsubmit: send }, field(t("incidents.result"), result), field(t("incidents.asked"), content), h("div", { class: "row" }, h("button", { class: "primary", "data-key": "close-with-result" }, t("incidents.close_incident")), button(t("cancel"), () => fill(note)))));
  result.focus();
}

/** Where an address may be: its place, else the first thing found for its beginning. */
async function guess({ api, map }, address, options) {
  const sure = address && (await api.get("/addresses/find", { q: address.slice(0, 200) }, options));
  if (sure?.reason === "ok") {
    goTo(map, [sure.lon, sure.lat, sure.lon, sure.lat]);
    return [sure.lon, sure.lat];
  }
  const words = address.split(/\s+/);
  for (let count = words.length; count > 0 && words[0]; count--) {
    const [found] = (await api.get("/search", { q: words.slice(0, count).join(" ") }, options)).filter((one) => ["street", "crossing"].includes(one.kind));
    if (!found) continue;
    goTo(map, found.bounds);
    return [(found.bounds[0] + found.bounds[2]) / 2, (found.bounds[1] + found.bounds[3]) / 2];
  }
  return map.getCenter().toArray();
}

async function startMoving(ctx, { pins, signal }, incident, note, change) {
  const { map } = ctx;
  const at = placeOf(incident);
  const start = at ?? (await guess(ctx, incident.address, { signal }));
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
  const remember = h("input", { type: "checkbox", checked: incident.reason !== "address-ambiguous", "data-key": "remember" });
  const save = () => change({ lon: Number(place.lng.toFixed(6)), lat: Number(place.lat.toFixed(6)), why: t("moved_by_hand"), remember: remember.checked });
  const also = incident.address && h("label", { class: "row" }, remember, h("span", {}, t("remember_address", { address: incident.address })));
  const cancel = () => {
    fill(note);
    if (at) pins.put(at);
    else pins.lift();
  };
  fill(note, h("p", {}, t("drag_pin")), also || null, h("div", { class: "row" }, button(t("save_place"), save, { class: "primary", "data-key": "save-place" }), button(t("cancel"), cancel)));
}

function facts(incident) {
  const pairs = [
    [t("when"), moment(incident.when, incident.day_only)],
    [t("cell"), incident.cell || `${t("unplaced")} – ${t(`reason_${incident.reason}`)}`],
    [t("address"), incident.address],
    [t("placed_by"), incident.match && incident.match !== "point" && `${t(`match_${incident.match}`)} · ${percent(incident.score)}`],
    [t("near_cells"), incident.near.join(t("comma"))],
    [t("status"), incident.status && called("status", incident.status)],
    [t("source"), incident.source && called("source", incident.source)],
    [t("due"), incident.due && moment(incident.due)],
    [t("closed"), incident.closed && moment(incident.closed)],
    [t("field_satisfied"), incident.satisfied !== null && t(incident.satisfied > 0 ? "incidents.yes" : "incidents.no")],
    [t("number"), incident.ref || String(incident.id)],
  ];
  return h("dl", { class: "figures" }, pairs.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", { class: name === t("due") && late(incident) ? "bad" : null }, value)]));
}

const late = (incident) => incident.due && !isClosed(incident) && new Date(incident.due) < new Date();

function extras(state, { extra }) {
  const pairs = Object.entries(extra).filter(([, value]) => value !== null && value !== "");
  if (!pairs.length) return null;
  return folding(state, "columns", t("other_columns"), h("dl", { class: "figures" }, pairs.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])));
}

function history(state, { history: changes }) {
  if (!changes.length) return null;
  return folding(state, "history", t("history"), h("ul", { class: "small" }, changes.map((one) => h("li", {}, `${moment(one.at)} · ${changed(one.after)} · ${one.by}`))));
}

/** What was changed, in words. */
function changed(after) {
  const names = Object.keys(after).map((key) => (key === "lon" || key === "lat" ? t("place") : has(`field_${key}`) ? t(`field_${key}`) : null));
  return [...new Set(names.filter(Boolean))].join(t("comma"));
}
