// Weekday × hour: how many, when; click or drag to keep a part, click it again to let go. Chips and lists beside it do the same by keyboard.

import { button, fill, h, select, svg } from "../frame/dom.js";
import { n, t, weekdays } from "../frame/i18n.js";
import { ramp } from "../map/colours.js";
import { hourSpan, hoursOf } from "./filter.js";

const [LEFT, TOP, STEP, TALL] = [30, 12, 11, 14];

export function createClock(state) {
  const drawn = h("div", { class: "tight" });
  const choices = Array.from({ length: 25 }, (_, hour) => [String(hour), `${hour}:00`]);
  const set = () => state.set({ hour: hoursOf(Number(first.value), Number(last.value)) });
  // made once: whoever types an hour into them keeps the focus and what was typed
  const first = select(choices.slice(0, 24), "0", set, { "aria-label": t("hour_from"), "data-key": "hour-from" });
  const last = select(choices.slice(1), "24", set, { "aria-label": t("hour_to"), "data-key": "hour-to" });
  const all = button(t("any_time"), () => state.set({ weekday: [], hour: [] }), { class: "plain", "data-key": "any-time" });
  const element = h("div", { class: "tight" }, drawn, h("div", { class: "row" }, first, "–", last, all));

  function update(counts) {
    const view = state.get();
    const days = new Set((view.weekday ?? []).map(Number));
    const hours = new Set((view.hour ?? []).map(Number));
    const most = Math.max(1, ...counts.flat());
    fill(drawn, picture(counts, most, days, hours), dayChips(days));
    const [from, to] = hourSpan(view.hour);
    [first.value, last.value] = [String(from ?? 0), String(to ?? 24)];
  }

  function picture(counts, most, days, hours) {
    const names = weekdays();
    const colours = ["var(--panel)", ...ramp([1, 2, 3, 4, 5])];
    const cells = counts.flatMap((row, day) =>
      row.map((count, hour) => {
        const on = (days.size || hours.size) && (!days.size || days.has(day)) && (!hours.size || hours.has(hour));
        const shade = colours[Math.ceil((5 * count) / most)];
        return svg("rect", { x: LEFT + hour * STEP, y: TOP + day * TALL, width: STEP - 1, height: TALL - 1, fill: shade, class: on && "on" }, svg("title", {}, `${names[day]} ${hour}:00 · ${n(count)}`));
      }),
    );
    const marks = [0, 6, 12, 18].map((hour) => svg("text", { x: LEFT + hour * STEP, y: 9 }, `${hour}`));
    const labels = names.map((name, day) => svg("text", { x: 0, y: TOP + day * TALL + 10 }, name));
    const drawing = svg("svg", { viewBox: `0 0 ${LEFT + 24 * STEP} ${TOP + 7 * TALL}`, class: "clock", role: "img", "aria-label": t("clock_about") }, marks, labels, cells);
    listen(drawing);
    return drawing;
  }

  function listen(drawing) {
    let from = null;
    const place = (event) => {
      const box = drawing.getBoundingClientRect();
      const scale = (LEFT + 24 * STEP) / box.width;
      const hour = Math.floor(((event.clientX - box.left) * scale - LEFT) / STEP);
      const day = Math.floor(((event.clientY - box.top) * scale - TOP) / TALL);
      return [Math.max(-1, Math.min(23, hour)), Math.max(-1, Math.min(6, day))];
    };
    drawing.addEventListener("pointerdown", (event) => {
      from = place(event);
      drawing.setPointerCapture(event.pointerId);
    });
    drawing.addEventListener("pointerup", (event) => {
      if (!from) return;
      const [[h1, d1], [h2, d2]] = [from, place(event)];
      from = null;
      const span = (a, b, count) => (a < 0 || b < 0 ? [] : Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i).slice(0, count)).map(String);
      const next = { hour: span(h1, h2, 24), weekday: span(d1, d2, 7) };
      const view = state.get();
      const again = String(view.hour ?? "") === String(next.hour) && String(view.weekday ?? "") === String(next.weekday);
      state.set(again ? { hour: [], weekday: [] } : next);
    });
  }

  function dayChips(days) {
    const turn = (day) => () => {
      const next = new Set(days);
      if (!next.delete(day)) next.add(day);
      state.set({ weekday: [...next].sort().map(String) });
    };
    const chips = weekdays().map((name, day) => button(name, turn(day), { "aria-pressed": String(days.has(day)), "data-key": `day-${day}` }));
    return h("div", { class: "choice small", role: "group", "aria-label": t("weekdays") }, chips);
  }

  return { element, update };
}
