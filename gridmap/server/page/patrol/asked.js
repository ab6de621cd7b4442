// What is asked: shift, units, stops, minimums, hot cells. Changes stay here until Solve saves them.

import { button, field, h, select } from "../frame/dom.js";
import { roving } from "../frame/groups.js";
import { t } from "../frame/i18n.js";

const number = (key, value, least, change) => h("input", { type: "number", min: least, value, "data-key": key, onchange: (event) => event.target.value !== "" && change(Number(event.target.value)) });
const text = (value, change, attributes) => h("input", { type: "text", value: value ?? "", onchange: (event) => change(event.target.value.trim()), ...attributes });

export function createAsked(desk) {
  const open = new Set(["stops"]);
  const touch = desk.touch;

  function part(key, title, ...children) {
    const box = h("details", { open: open.has(key), ontoggle: (event) => (event.target.open ? open.add(key) : open.delete(key)) }, h("summary", { "data-key": `part-${key}` }, title), h("div", { class: "stack" }, children));
    return box;
  }

  function shift(asked) {
    const said = h("span", { class: "soft" });
    const say = () => (said.textContent = ` ${asked.shift.date ?? ""} ${asked.shift.start.slice(-5)}–${asked.shift.end.slice(-5)}`);
    // told with every digit: the field stays as it is, so that the next digit goes on where this one was
    const put = (name) => (event) => { asked.shift[name] = event.target.value; say(); desk.touchShift(); };
    const time = (name, label) => field(label, h("input", { type: "time", value: asked.shift[name].slice(-5), "data-key": `shift-${name}`, onchange: put(name) }));
    const date = field(t("patrol.page_date"), h("input", { type: "date", value: String(asked.shift.date ?? ""), "data-key": "shift-date", onchange: put("date") }));
    say();
    return part("shift", [t("patrol.page_shift"), said], h("div", { class: "fields" }, h("div", { class: "wide" }, date), time("start", t("patrol.page_from")), time("end", t("patrol.page_to"))), h("p", { class: "soft small" }, asked.shift.zone));
  }

  function units(asked) {
    const modes = [["car", t("patrol.mode_car")], ["foot", t("patrol.mode_foot")]];
    const rows = asked.unit.map((unit, index) => h("li", { class: "row" },
      h("span", { class: `unit-key unit-${index % 8}`, "aria-hidden": "true" }),
      text(unit.name, (value) => { if (value) rename(asked, unit, value); touch(); }, { "aria-label": t("patrol.unit"), "data-key": `unit-${index}`, size: 16 }),
      select(modes, unit.mode, (mode) => { unit.mode = mode; touch(); }, { "aria-label": t("patrol.mode"), "data-key": `mode-${index}` }),
      asked.unit.length > 1 && button("×", () => { asked.unit.splice(index, 1); free(asked, unit.name); touch(); }, { "aria-label": t("patrol.page_remove", { name: unit.name }), "data-key": `drop-unit-${index}` })));
    const add = () => {
      const last = asked.unit.at(-1);
      asked.unit.push({ ...last, name: `${t("patrol.unit")} ${asked.unit.length + 1}` });
      touch();
    };
    return part("units", `${t("patrol.page_units")} (${asked.unit.length})`, h("ul", { class: "plain-list" }, rows), h("div", {}, button(t("patrol.page_add_unit"), add, { "data-key": "add-unit" })));
  }

  /** A stop's line: a click chooses it. */
  function row(stop, key) {
    return h("li", { class: "row between" }, button(stop.name, () => desk.choose(stop.name), { class: "link", title: stop.name, "data-key": key }), h("span", { class: "soft small" }, stop.required ? t("patrol.required") : (stop.category ?? "")));
  }

  function stops(asked) {
    const rows = asked.stop.map((stop, index) => row(stop, `stop-${index}`));
    const add = button(t("patrol.page_add_stop"), () => desk.routes.askPlace((place) => addStop(asked, place)), { "data-key": "add-stop" });
    return part("stops", `${t("patrol.stops")} (${asked.stop.length})`, h("div", {}, add), roving(h("ul", { class: "plain-list" }, rows), 1));
  }

  function addStop(asked, { lon, lat }) {
    const taken = new Set(asked.stop.map((stop) => stop.name));
    let count = asked.stop.length + 1;
    while (taken.has(`${t("patrol.stop")} ${count}`)) count += 1;
    const name = `${t("patrol.stop")} ${count}`;
    asked.stop.push({ name, at: [lon, lat], dwell_min: 10, required: true });
    touch();
    desk.choose(name);
  }

  function minimums(asked) {
    const ways = [...new Set(asked.unit.map((unit) => unit.mode ?? "car"))].sort();
    const kinds = ["", "car", "foot"].filter((mode) => !mode || (ways.length > 1 && ways.includes(mode)) || Object.keys(minimumsOf(asked, mode)).length);
    const categories = [...new Set([...asked.stop.map((stop) => stop.category), ...kinds.flatMap((mode) => Object.keys(minimumsOf(asked, mode)))].filter(Boolean))];
    const rows = categories.flatMap((name) => kinds.map((mode) => {
      const wanted = minimumsOf(asked, mode)[name] ?? 0;
      const places = placesOf(asked, name, mode);
      const title = mode ? `${name} (${t(`patrol.mode_${mode}`)})` : name;
      return h("div", { class: "tight" }, field(title, number(`least-${mode}-${name}`, wanted, 0, (value) => { putMinimum(asked, mode, name, value); touch(); })), wanted > places && h("p", { class: "warn small" }, t("patrol.page_minimum_many", { places })));
    }));
    return categories.length ? part("minimums", t("patrol.minimums"), h("div", { class: "fields" }, rows)) : null;
  }

  function hot(asked) {
    asked.hot ??= { count: 0 };
    const put = (key) => (value) => { asked.hot[key] = value; touch(); };
    const own = new Set(asked.stop.map((stop) => stop.name));
    const found = desk.patrol().stops.filter((stop) => !own.has(stop.name));
    return part("hot", t("patrol.page_hot"), roving(h("ul", { class: "plain-list" }, found.map((stop, index) => row(stop, `hot-${index}`))), 1), h("div", { class: "fields" },
      field(t("patrol.page_how_many"), number("hot-count", asked.hot.count ?? 10, 0, put("count"))),
      field(t("patrol.visits"), number("hot-visits", asked.hot.visits ?? 1, 1, put("visits"))),
      field(t("patrol.page_dwell"), number("hot-dwell", asked.hot.dwell_min ?? 15, 0, put("dwell_min"))),
      field(t("patrol.page_spacing"), number("hot-spacing", asked.hot.spacing_min ?? 120, 0, put("spacing_min")))));
  }

  let seen = null;

  /** Who goes and when stands open until there is a plan. */
  function element({ id, asked, plan }) {
    const now = `${id} ${Boolean(plan)}`;
    if (seen !== now) for (const key of ["shift", "units"]) open[plan ? "delete" : "add"](key);
    seen = now;
    return h("div", { class: "stack" }, shift(asked), units(asked), stops(asked), minimums(asked), hot(asked));
  }

  return { element };
}

/** The minimums that visits of units of a mode count for, of all units for "". */
function minimumsOf({ minimums = {} }, mode) {
  if (mode) return typeof minimums[mode] === "object" ? minimums[mode] : {};
  return Object.fromEntries(Object.entries(minimums).filter(([, least]) => typeof least !== "object"));
}

function putMinimum(asked, mode, name, value) {
  const put = { ...minimumsOf(asked, mode), [name]: value };
  asked.minimums = { ...asked.minimums, ...(mode ? { [mode]: put } : put) };
}

/** Stops of a category that units of a mode may visit, hot cells included. */
function placesOf(asked, category, mode) {
  const able = asked.unit.filter((unit) => !mode || (unit.mode ?? "car") === mode).map((unit) => unit.name);
  if (!able.length) return 0;
  const hot = asked.hot?.category === category ? (asked.hot.count ?? 10) : 0;
  return hot + asked.stop.filter((stop) => stop.category === category && (!stop.unit || able.includes(stop.unit))).length;
}

function rename(asked, unit, name) {
  for (const stop of asked.stop) if (stop.unit === unit.name) stop.unit = name;
  unit.name = name;
}

/** Stops pinned to a unit that is gone may be visited by any. */
function free(asked, name) {
  for (const stop of asked.stop) if (stop.unit === name) delete stop.unit;
}
