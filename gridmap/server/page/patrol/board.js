// A bar per unit through the shift: travel, stay, wait, break. A stay dragged to another bar is
// pinned to that unit. Short stays are too small a target: the lists of stops and the panel of the
// chosen one do all of this by keyboard.

import { fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { askedStop } from "./stop.js";

const HOUR = 3600000;
const clock = (text) => text.slice(11, 16);
/** Pixels: what a digit needs in a bar, the shortest line of a unit, what stands beside it. */
const [DIGIT, SHORTEST, BESIDE] = [7, 720, 204];

export function createBoard(desk) {
  let bars = [];
  let rows = [];
  let length = SHORTEST;

  function draw(panel) {
    const patrol = desk.patrol();
    panel.hidden = !patrol?.plan;
    bars = [];
    if (panel.hidden) return fill(panel);
    const { shift, units } = patrol.plan;
    length = Math.max(SHORTEST, panel.clientWidth - BESIDE);
    const [from, to] = [Date.parse(shift.start), Date.parse(shift.end)];
    const at = (moment) => ((Date.parse(moment) - from) / (to - from)) * 100;
    fill(panel, h("section", { class: "board", tabindex: "0", "aria-label": t("patrol.page_board") }, legend(), hours(shift.start, from, to), (rows = units.map((unit, index) => row(unit, index, at)))));
    mark(desk.chosen(), desk.chosenUnit());
  }

  function legend() {
    const kinds = [["stay", t("patrol.page_stay")], ["ride", t("patrol.page_ride")], ["wait", t("patrol.page_wait")], ["rest", t("patrol.break")]];
    return h("div", { class: "row small board-legend" }, kinds.map(([kind, name]) => h("span", { class: "row" }, h("i", { class: `seg-key seg-${kind}` }), name)));
  }

  function hours(start, from, to) {
    const marks = [];
    for (let moment = Math.ceil(from / HOUR) * HOUR; moment <= to; moment += HOUR) {
      const hour = (Number(start.slice(11, 13)) + Math.round((moment - from) / HOUR)) % 24;
      marks.push(h("span", { class: "board-hour", style: { left: `${((moment - from) / (to - from)) * 100}%` } }, String(hour).padStart(2, "0")));
    }
    const share = (Date.now() - from) / (to - from);
    if (share >= 0 && share <= 1) marks.push(h("i", { class: "board-now", style: { left: `${share * 100}%` } }));
    return h("div", { class: "board-row", "aria-hidden": "true" }, h("span", { class: "board-name" }), h("div", { class: "board-line hours" }, marks));
  }

  function row(unit, index, at) {
    const line = h("div", { class: "board-line", ondragover: (event) => event.preventDefault(), ondrop: (event) => drop(event, unit.name) });
    const put = (kind, from, to, title) => to > from && line.append(h("span", { class: `seg seg-${kind} unit-${index % 8}`, title, style: { left: `${from}%`, width: `${to - from}%` } }));
    let before = unit.leave;
    let number = 0;
    for (const visit of unit.visits) {
      put("ride", at(before), at(visit.arrive), t("patrol.page_ride"));
      const done = new Date(Date.parse(visit.arrive) + visit.dwell_s * 1000).toISOString();
      if (visit.break) put("rest", at(visit.arrive), at(done), t("patrol.break"));
      else line.append(stay(visit, ++number, index, [at(visit.arrive), at(done)]));
      put("wait", at(done), at(visit.leave), t("patrol.page_wait"));
      before = visit.leave;
    }
    put("ride", at(before), at(unit.back), t("patrol.page_ride"));
    return h("div", { class: "board-row", "data-unit": unit.name, onclick: (event) => event.target.closest(".seg-stay") ?? desk.chooseUnit(unit.name) }, h("span", { class: "board-name" }, h("i", { class: `unit-key unit-${index % 8}` }), h("span", { title: unit.name }, unit.name)), line);
  }

  function stay(visit, number, index, [from, to]) {
    const state = desk.marked(visit);
    const label = `${number} ${visit.stop}, ${clock(visit.arrive)}–${clock(visit.leave)}, ${t(`patrol.mark_${state}`)}`;
    const sign = { open: String(number), done: "✓" }[state] ?? "✗";
    const room = ((to - from) / 100) * length - 2;
    const bar = h("span", { draggable: "true", class: `seg seg-stay seg-${state} unit-${index % 8}`, title: label, style: { left: `${from}%`, width: `${to - from}%` },
      onclick: () => desk.choose(visit.stop), ondragstart: (event) => event.dataTransfer.setData("text/plain", visit.stop) }, sign.length * DIGIT <= room ? sign : "");
    bars.push([visit.stop, bar]);
    return bar;
  }

  function drop(event, unit) {
    event.preventDefault();
    const stop = askedStop(desk.patrol(), event.dataTransfer.getData("text/plain"), true);
    if (!stop) return;
    stop.unit = unit;
    desk.touch();
    desk.choose(stop.name);
  }

  function mark(name, unit) {
    for (const [stop, bar] of bars) bar.classList.toggle("chosen", stop === name);
    for (const line of rows) line.classList.toggle("chosen", line.dataset.unit === unit);
  }

  return { draw, mark };
}
