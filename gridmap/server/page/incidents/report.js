// A report by hand: click the map or search a street, choose a category, a time, send.

import { button, fill, h, select } from "../frame/dom.js";
import { pair, t } from "../frame/i18n.js";
import { once, settled } from "../frame/work.js";
import { goTo } from "../map/base.js";

export function createReport(ctx, pins) {
  const { api, state, panels, session, map, signal } = ctx;
  let place = null;
  let byAddress = false;
  let asked = 0;
  let open = false;
  let category = null;
  const where = h("p", { role: "status" });
  const opener = session.can.includes("report") ? button(`+ ${t("report")}`, start, { class: "primary", "aria-keyshortcuts": "n", "data-key": "report" }) : null;

  /** Open the form; where it is open already what was written stays. */
  async function start() {
    if (open) return category?.focus();
    state.set({ sel: undefined }, { replace: true });
    open = true;
    place = null;
    byAddress = false;
    const facets = await api.get("/incidents/facets", {}, { signal }).catch(() => ({ category: {} }));
    if (!open || category || signal.aborted) return;
    panels.right.hidden = false;
    fill(panels.right, form(Object.keys(facets.category)));
    category.focus();
    tellPlace();
  }

  function form(categories) {
    category = categories.length ? select([...categories.map((one) => [one, one])], categories[0], () => {}, { name: "category" }) : h("input", { name: "category", required: true });
    const when = h("input", { type: "datetime-local", name: "when", required: true, value: cityNow(session.zone) });
    const note = h("textarea", { name: "note", rows: "2", maxlength: "2000" });
    const address = h("input", { name: "address", maxlength: "200", oninput: settled(() => find(address.value.trim()), 300) });
    const send = (event) => {
      event.preventDefault();
      submit({ category: category.value, when: when.value, note: note.value, address: address.value });
    };
    const labelled = (text, control) => h("label", { class: "field" }, h("span", { class: "caption" }, text), control);
    return h(
      "form",
      { class: "stack", onsubmit: send },
      h("h2", {}, t("report")),
      where,
      h("div", { class: "row" }, button(t("use_middle"), () => take(map.getCenter()), { "data-key": "use-middle" }), "geolocation" in navigator && button(t("use_here"), here, { "data-key": "use-here" })),
      labelled(t("category"), category),
      labelled(t("when"), when),
      labelled(t("address_or_place"), address),
      labelled(t("note"), note),
      h("div", { class: "row" }, h("button", { class: "primary" }, t("send_report")), button(t("cancel"), close)),
    );
  }

  const here = () => navigator.geolocation.getCurrentPosition((found) => open && take({ lng: found.coords.longitude, lat: found.coords.latitude }, true), () => ctx.notify(t("no_position")), { enableHighAccuracy: true, timeout: 10000 });

  /** Put the pin where the address is, unless somebody put it somewhere by hand. */
  async function find(text) {
    const mine = ++asked;
    if (!open || (place && !byAddress)) return;
    if (byAddress) pins.lift();
    place = null;
    byAddress = false;
    tellPlace();
    if (text.length < 3) return;
    const found = await api.get("/addresses/find", { q: text }, { quiet: true, signal }).catch(() => null);
    if (!open || place || !found || mine !== asked) return;
    if (found.reason !== "ok") return (where.textContent = t(`reason_${found.reason}`) + t("then_click"));
    const at = { lng: found.lon, lat: found.lat };
    take(at);
    byAddress = true;
    goTo(map, [found.lon, found.lat, found.lon, found.lat]);
    where.textContent = pair(t(`match_${found.match}`), found.name);
  }

  function take(lngLat, goThere) {
    place = lngLat;
    byAddress = false;
    pins.put(lngLat, (moved) => take(moved));
    if (goThere) map.easeTo({ center: lngLat, zoom: Math.max(16, map.getZoom()) });
    tellPlace();
  }

  const tellPlace = () => (where.textContent = place ? pair(t("place"), `${place.lng.toFixed(5)}, ${place.lat.toFixed(5)}`) : t("click_place"));

  const submit = once(async (values) => {
    if (!place && !values.address) return ctx.notify(t("place_missing"));
    // a place the server finds by itself keeps how sure it is
    const where = place && !byAddress ? { lon: Number(place.lng.toFixed(6)), lat: Number(place.lat.toFixed(6)) } : {};
    try {
      const made = await api.post("/incidents", { ...values, ...where, when: `${values.when}:00` });
      ctx.speak(t("report_sent"));
      if (signal.aborted) return;
      close();
      state.set({ sel: `incident:${made.id}` });
      await ctx.reload();
    } catch (error) {
      ctx.notify(error);
    }
  });

  function close() {
    if (!open) return;
    open = false;
    category = null;
    pins.lift();
    if (panels.right.contains(document.activeElement)) opener.focus();
    fill(panels.right);
    panels.right.hidden = true;
  }

  ctx.onFound = ({ kind, bounds: [west, south, east, north] }) => open && ["crossing", "address"].includes(kind) && take({ lng: (west + east) / 2, lat: (south + north) / 2 });
  ctx.onEscape = () => open && (close(), true);
  return {
    button: opener,
    /** Whether the form stays where nothing is chosen; what is chosen takes its place. */
    stays: (chosen) => open && (!chosen || close()),
    /** Take a click of the map as the place, if a report is being written. */
    takes: (lngLat) => open && (take(lngLat), true),
  };
}

/** Now, on the city's clocks, as a datetime-local value. */
function cityNow(zone) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return parts.format(new Date()).replace(" ", "T");
}
