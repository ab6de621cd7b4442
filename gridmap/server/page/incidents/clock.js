// Weekday × hour: how many, when. Click, drag or Enter keeps a part, again lets it go; chips and lists beside it do the same.

import { button, fill, h, select, svg } from "../frame/dom.js";
import { roving, toolbar } from "../frame/groups.js";
import { n, t, weekdays } from "../frame/i18n.js";
import { ramp } from "../map/colours.js";
import { hourSpan, hoursOf } from "./filter.js";

const [LEFT, TOP, STEP, TALL] = [30, 12, 11, 14];
const [DAYS, HOURS] = [7, 24];

export function createClock(state) {
  const drawn = h("div", { class: "tight" });
  let known = null;
  const choices = Array.from({ length: HOURS + 1 }, (_, hour) => [String(hour), `${hour}:00`]);
  const set = () => state.set({ hour: hoursOf(Number(first.value), Number(last.value)) });
  // made once: whoever types an hour into them keeps the focus and what was typed
  const first = select(choices.slice(0, HOURS), "0", set, { "aria-label": t("hour_from"), "aria-keyshortcuts": "h", "data-key": "hour-from" });
  const last = select(choices.slice(1), "24", set, { "aria-label": t("hour_to"), "data-key": "hour-to" });
  const all = button(t("any_time"), () => state.set({ weekday: [], hour: [] }), { class: "plain", "data-key": "any-time" });
  const element = h("div", { class: "tight" }, drawn, h("div", { class: "row" }, first, "–", last, all));

  function update(counts) {
    known = counts;
    const view = state.get();
    const days = new Set((view.weekday ?? []).map(Number));
    const hours = new Set((view.hour ?? []).map(Number));
    fill(drawn, picture(counts, days, hours), dayChips(days));
    const [from, to] = hourSpan(view.hour);
    [first.value, last.value] = [String(from ?? 0), String(to ?? HOURS)];
  }

  function picture(counts, days, hours) {
    const names = weekdays();
    const most = Math.max(1, ...counts.flat());
    const colours = ["var(--panel)", ...ramp([1, 2, 3, 4, 5])];
    const cell = (day) => (count, hour) => {
      const on = (days.size || hours.size) && (!days.size || days.has(day)) && (!hours.size || hours.has(hour));
      const shade = colours[Math.ceil((5 * count) / most)];
      const place = { x: LEFT + hour * STEP, y: TOP + day * TALL, width: STEP - 1, height: TALL - 1 };
      return svg("rect", { ...place, fill: shade, class: on && "on", role: "gridcell", "aria-selected": String(Boolean(on)), "data-key": `at-${day}-${hour}` }, svg("title", {}, `${names[day]} ${hour}:00 · ${n(count)}`));
    };
    const rows = counts.map((row, day) => svg("g", { role: "row" }, row.map(cell(day))));
    const marks = [0, 6, 12, 18].map((hour) => svg("text", { x: LEFT + hour * STEP, y: 9 }, `${hour}`));
    const labels = names.map((name, day) => svg("text", { x: 0, y: TOP + day * TALL + 10 }, name));
    const drawing = svg("svg", { viewBox: `0 0 ${LEFT + HOURS * STEP} ${TOP + DAYS * TALL}`, class: "clock", role: "presentation" }, svg("g", { "aria-hidden": "true" }, marks, labels), rows);
    // a part of a drawing that listens for the focus would be a stop of its own
    return listen(h("div", { role: "grid", "aria-multiselectable": "true", "aria-label": t("clock_about") }, drag(drawing)));
  }

  /** Keep the part between two places [hour, day]; beyond the edge a place is every hour or day. */
  function keep([h1, d1], [h2, d2]) {
    const span = (a, b, count) => (a < 0 || b < 0 ? [] : Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i).slice(0, count)).map(String);
    const next = { hour: span(h1, h2, HOURS), weekday: span(d1, d2, DAYS) };
    const view = state.get();
    const again = String(view.hour ?? "") === String(next.hour) && String(view.weekday ?? "") === String(next.weekday);
    state.set(again ? { hour: [], weekday: [] } : next);
  }

  /** By keyboard: arrows walk, with Shift they span a part, Enter or Space keeps it. */
  function listen(grid) {
    const placeOf = (cell) => cell.dataset.key.split("-").slice(1).map(Number).reverse();
    let from = null;
    grid.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        keep(from ?? placeOf(event.target), placeOf(event.target));
      } else if (event.key !== "Shift") from = event.shiftKey ? (from ?? placeOf(event.target)) : null;
    });
    grid.addEventListener("focusin", ({ target }) => {
      const [[h1, d1], [h2, d2]] = [from ?? placeOf(target), placeOf(target)];
      const between = (a, one, b) => Math.min(a, b) <= one && one <= Math.max(a, b);
      for (const cell of grid.querySelectorAll("rect")) {
        const [hour, day] = placeOf(cell);
        cell.classList.toggle("spanned", from !== null && between(h1, hour, h2) && between(d1, day, d2));
      }
    });
    return roving(grid, HOURS);
  }

  function drag(drawing) {
    let from = null;
    const place = (event) => {
      const box = drawing.getBoundingClientRect();
      const scale = (LEFT + HOURS * STEP) / box.width;
      const hour = Math.floor(((event.clientX - box.left) * scale - LEFT) / STEP);
      const day = Math.floor(((event.clientY - box.top) * scale - TOP) / TALL);
      return [Math.max(-1, Math.min(HOURS - 1, hour)), Math.max(-1, Math.min(DAYS - 1, day))];
    };
    drawing.addEventListener("pointerdown", (event) => {
      from = place(event);
      drawing.setPointerCapture(event.pointerId);
    });
    drawing.addEventListener("pointerup", (event) => {
      if (from) keep(from, place(event));
      from = null;
    });
    return drawing;
  }

  function dayChips(days) {
    const turn = (day) => () => {
      const next = new Set((state.get().weekday ?? []).map(Number));
      if (!next.delete(day)) next.add(day);
      state.set({ weekday: [...next].sort().map(String) });
    };
    const chips = weekdays().map((name, day) => button(name, turn(day), { "aria-pressed": String(days.has(day)), "data-key": `day-${day}` }));
    return toolbar(h("div", { class: "choice small" }, chips), t("weekdays"));
  }

  // what was chosen is marked at once; the counts follow
  const stop = state.on(["weekday", "hour"], () => known && update(known));
  return { element, update, stop };
}
