// What the columns of a file mean: one choice a field; change({field: value}) is told of each.

import { field, h, select } from "../frame/dom.js";
import { t } from "../frame/i18n.js";

const FIELDS = ["when", "time", "x", "y", "category", "kind", "source", "status", "id", "due", "closed", "satisfied"];
const SYSTEMS = { "EPSG:4326": "datum_wgs84", gcj02: "datum_gcj02", bd09: "datum_bd09", "EPSG:4490": "datum_cgcs2000" };
const OTHER = "other";
const ORDERS = ["", "mdy", "dmy", "ymd"];
const ADDRESS_MOST = 4;

/** typed: what is being written and not told yet; it outlives these fields. */
export function showFields({ session }, { columns, can_find: canFind, notices }, mapping, typed, { change, hold }) {
  const pairs = [["", "–"], ...columns.map((name) => [name, name])];
  const one = (name) => field(t(`field_${name}`), select(pairs, mapping[name], (column) => change({ [name]: column }), { "data-key": `field-${name}` }));
  const about = (name) => notices.filter((notice) => notice.field === name).map(({ text, grave }) => h("p", { class: grave ? "warn wide grave" : "warn wide", role: grave ? "alert" : null, "data-key": `about-${name}` }, text));
  const fields = FIELDS.map(one);
  fields.splice(FIELDS.indexOf("y") + 1, 0, about("x"), system(mapping, typed, change, hold), about("crs"), address(pairs, mapping, change));
  const finds = h("input", { type: "checkbox", checked: mapping.by_address, onchange: () => change({ by_address: finds.checked }), "data-key": "by-address" });
  const byAddress = canFind && mapping.address.length > 0 && h("label", { class: "row" }, finds, h("span", {}, t("find_by_address")));
  return h("fieldset", { class: "tight" }, h("legend", {}, t("import_fields")), h("div", { class: "fields three" }, fields), byAddress || null, mapping.when ? times(session, mapping, typed, change) : null);
}

/** What the coordinates are in: one of the usual systems, or any by its EPSG number. */
function system(mapping, typed, change, hold) {
  const usual = Object.entries(SYSTEMS).map(([name, key]) => [name, t(key)]);
  const known = mapping.crs in SYSTEMS ? usual : [...usual, [mapping.crs, mapping.crs]];
  const take = () => number.value.trim() && (delete typed.crs, change({ crs: epsg(number.value) }));
  const number = h("input", { value: typed.crs ?? "", "aria-label": t("epsg_number"), placeholder: "EPSG:2249", oninput: () => (typed.crs = number.value), onchange: take, "data-key": "field-epsg" });
  number.hidden = typed.crs === undefined;
  const choose = (name) => {
    number.hidden = name !== OTHER;
    if (name !== OTHER) return delete typed.crs, change({ crs: name });
    typed.crs = "";
    hold();
    number.focus();
  };
  const chooser = select([...known, [OTHER, t("datum_other")]], typed.crs === undefined ? mapping.crs : OTHER, choose, { "data-key": "field-crs" });
  return h("div", { class: "tight double" }, field(t("field_crs"), chooser), number);
}

const epsg = (text) => text.trim().replace(/^(epsg:?\s*)?(\d+)$/i, "EPSG:$2");

/** The address, of one column or of several joined in their order. */
function address(pairs, mapping, change) {
  const chosen = [...mapping.address, ""].slice(0, ADDRESS_MOST);
  const put = (at) => (column) => change({ address: chosen.map((old, n) => (n === at ? column : old)).filter(Boolean) });
  const parts = chosen.map((column, at) => {
    const name = at ? t("address_next", { number: at + 1 }) : t("field_address");
    return select(pairs, column, put(at), { "data-key": at ? `field-address-${at}` : "field-address", "aria-label": name });
  });
  return h("div", { class: "field" }, h("span", { class: "caption" }, t("field_address")), parts);
}

/** How times are to be read: the order of day and month, and the zone. */
function times(session, mapping, typed, change) {
  const order = select(ORDERS.map((name) => [name, t(`order_${name || "values"}`)]), mapping.order, (value) => change({ order: value }), { "data-key": "field-order" });
  const take = () => (delete typed.zone, change({ zone: zone.value.trim() }));
  const zone = h("input", { value: typed.zone ?? mapping.zone, placeholder: session.zone, oninput: () => (typed.zone = zone.value), onchange: take, "data-key": "field-zone" });
  const told = mapping.order || mapping.zone || typed.times;
  return h("details", { open: Boolean(told), ontoggle: (event) => (typed.times = event.target.open) }, h("summary", {}, t("import_times")), h("div", { class: "fields three" }, field(t("date_order"), order), field(t("field_zone"), zone)));
}
