// An edit in hand: pick cells, draw, see what would come of it, save.

import { button, field, fill, h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";
import { settled } from "../frame/work.js";
import { goTo } from "../map/base.js";
import { metres, reachOf, startDrawing, usable } from "./drawing.js";
import { showFigures } from "./figures.js";
import { createOverlay } from "./overlay.js";

/** How many cells each tool wants (least, most), what is drawn, which codes are asked for. */
const TOOLS = {
  split: { cells: [1, 1], draws: "linestring", codes: ["left", "right"] },
  merge: { cells: [2, 50], codes: ["merged"] },
  move: { cells: [2, 2], draws: "linestring" },
  assign: { cells: [1, 1], draws: "polygon" },
  recode: { cells: [1, 1], codes: ["new"] },
  lock: { cells: [1, 200] },
  measure: { cells: [0, 0], draws: "linestring" },
};
export const TOOL_NAMES = Object.keys(TOOLS);

/**
 * desk: {ctx, plan(), tried(edit, signal), change(what, edit), saved(answer, text)}. Returns start(tool), stop(), pick(code) -> taken,
 * element (the form for the right panel), active().
 */
export function createEditor(desk) {
  const { ctx } = desk;
  const { api, map } = ctx;
  const overlay = createOverlay(map, ctx.panels.tools.parentElement, ctx.signal);
  const element = h("form", { class: "stack", onsubmit: (event) => (event.preventDefault(), save()) });
  const words = h("p", { role: "status", class: "soft" });
  const outcome = h("div", { class: "stack", "aria-live": "polite" });
  const say = (text) => (words.textContent = text);
  let tool = null;
  let picked = [];
  let codes = {};
  /** What the second part of a split would be called. */
  let second = "";
  let drawing = null;
  let finished = false;
  /** How far a drawn point may move onto a border: as the map stood when it was drawn. */
  let reach = 0;
  let asking = new AbortController();
  /** Whether the edit was tried and may be saved. */
  let ready = false;
  let saver = null;
  /** Which edit is in hand, and which is being saved: answers for another one come too late. */
  let turn = 0;
  let saving = 0;

  function start(name, first) {
    stop();
    tool = name;
    picked = first && TOOLS[name].cells[1] ? [first] : [];
    [codes, second] = [{}, ""];
    draw();
    next();
  }

  function stop() {
    asking.abort();
    drawing?.stop();
    turn += 1;
    [tool, drawing, ready, finished, picked] = [null, null, false, false, []];
    overlay.clear();
    fill(outcome);
  }

  /** Take a click of the map, or a typed code, as a choice of cells. */
  function pick(code, typed = false) {
    if (!tool || drawing || saving === turn) return Boolean(tool);
    if (!code || !TOOLS[tool].cells[1]) return true;
    if (picked.includes(code)) picked = picked.filter((one) => one !== code);
    else picked = [...picked, code].slice(-TOOLS[tool].cells[1]);
    draw();
    next(typed);
    return true;
  }

  function next(typed) {
    ready = false;
    showPicked(typed);
    const { cells, draws } = TOOLS[tool];
    if (picked.length < cells[0]) return say(t(`cells.pick_${tool}`));
    if (draws) return beginDrawing();
    if (tool === "lock") return (ready = true), say(t("cells.ready_lock")), draw();
    say(t(`cells.ready_${tool}`));
    preview();
  }

  /** Bring cells that were chosen by their code into view. */
  function lookAt({ features }) {
    const points = features.flatMap((one) => one.geometry.coordinates.flat(one.geometry.type === "Polygon" ? 1 : 2));
    const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
    const [west, south, east, north] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    const seen = map.getBounds();
    if (!seen.contains([west, south]) || !seen.contains([east, north])) goTo(map, [west, south, east, north]);
  }

  async function showPicked(typed) {
    if (!picked.length) return overlay.pick(null, false);
    const asked = picked;
    try {
      const shapes = await api.get(`/plans/${desk.plan().id}/cells`, { codes: asked.join(",") });
      if (picked !== asked) return;
      overlay.pick(shapes, Boolean(TOOLS[tool].draws));
      if (typed) lookAt(shapes);
    } catch (error) {
      if (picked !== asked) return;
      picked = [];
      ctx.notify(error);
      draw();
    }
  }

  async function beginDrawing() {
    const asked = picked;
    say(t("loading"));
    try {
      const [shapes, code] = await Promise.all([near(asked), tool === "split" ? nextCode() : ""]);
      if (picked !== asked || drawing) return;
      second = code;
      drawing = startDrawing(map, { kind: TOOLS[tool].draws, shapes, changed });
      finished = false;
      say(t(`cells.draw_${tool}`));
      draw();
    } catch (error) {
      if (picked === asked) ctx.notify(error);
    }
  }

  const nextCode = async () => (await api.get(`/plans/${desk.plan().id}/next-code`, { cell: picked[0] })).code;

  /** Exact shapes of the picked cells and all around them. */
  async function near(codes) {
    if (!codes.length) return { features: [] };
    const plan = desk.plan().id;
    const known = await Promise.all(codes.map((code) => api.get(`/plans/${plan}/cells/${encodeURIComponent(code)}`)));
    const around = [...new Set([...codes, ...known.flatMap((one) => one.neighbours)])];
    return api.get(`/plans/${plan}/cells`, { codes: around.join(",") });
  }

  function changed(geometry, done) {
    if (!tool) return;
    reach = reachOf(map);
    finished ||= done && Boolean(geometry && usable(geometry));
    if (tool === "measure") return overlay.tell(geometry ? [`${n(metres(geometry.coordinates))} m`] : []);
    if (finished) say(t("cells.drawn"));
    if (done) draw();
    soon();
  }

  /** The edit as it stands, or null while something is missing. */
  function edit() {
    const drawn = drawing?.drawn();
    const geometry = drawn && usable(drawn);
    const shape = { snap_m: reach };
    if (tool === "merge") return picked.length > 1 ? { op: tool, cells: picked, code: codes.merged ?? picked[0] } : null;
    if (tool === "recode") return codes.new ? { op: tool, cell: picked[0], code: codes.new } : null;
    if (!geometry) return null;
    if (tool === "split") return { op: tool, cell: picked[0], line: geometry, codes: [codes.left ?? picked[0], codes.right ?? second], ...shape };
    if (tool === "move") return { op: tool, cells: picked, line: geometry, ...shape };
    return { op: tool, area: geometry, to: picked[0], ...shape };
  }

  async function preview() {
    asking.abort();
    if (!tool) return;
    asking = new AbortController();
    const asked = edit();
    if (!asked) return show(null);
    try {
      show(await desk.tried(asked, asking.signal));
    } catch (error) {
      await failed(error);
    }
  }
  const soon = settled(preview, 120);

  function show(answer) {
    ready = Boolean(answer && !answer.refused);
    overlay.show(answer?.features);
    overlay.mark(answer?.place);
    overlay.tell(answer ? summary(answer) : []);
    fill(outcome, answer?.refused && h("p", { class: "warn" }, answer.refused), answer && !answer.refused && showFigures(answer));
    offer();
  }

  const savable = () => ready && saving !== turn && (finished || !drawing);

  function offer() {
    if (saver) saver.disabled = !savable();
  }

  /** Save the edit as it stands in the form, even where its last change is still being tried. */
  async function save() {
    const mine = turn;
    const asked = savable() && (tool === "lock" ? { codes: picked, locked: true } : edit());
    if (!asked) return;
    hold(mine);
    await (asked.op ? send(asked, mine) : lock(asked, mine));
    if (saving === mine) hold(0);
  }

  function hold(now) {
    saving = now;
    offer();
  }

  async function send(asked, mine) {
    try {
      const answer = await desk.change("edits", asked);
      if (turn === mine) stop();
      await desk.saved(answer, t(`cells.did_${asked.op}`));
    } catch (error) {
      await failed(error);
    }
  }

  async function lock(asked, mine) {
    try {
      await desk.lock(asked);
      if (turn === mine) desk.leave();
    } catch (error) {
      ctx.notify(error);
    }
  }

  /** Somebody saved first: show what they did, keep the drawing, try it on what stands there now. */
  async function failed(error) {
    if (error.status !== 412) return ctx.notify(error);
    await desk.overtaken(error);
    preview();
  }

  function draw() {
    if (!tool) return fill(element);
    const { cells, draws } = TOOLS[tool];
    const chips = picked.map((code) => button(`${code} ×`, () => !drawing && pick(code), { disabled: Boolean(drawing), "data-key": `picked-${code}` }));
    saver = tool === "measure" ? null : h("button", { class: "primary", "data-key": "save-edit", disabled: !savable() }, t(`cells.save_${tool}`));
    fill(
      element,
      h("h2", {}, t(`cells.${tool}`)),
      words,
      cells[1] > 0 && h("div", { class: "row" }, h("span", { class: "caption" }, t("cells.picked")), chips.length ? chips : "–"),
      cells[1] > picked.length && !drawing && pickByCode(),
      codeFields(),
      draws && drawing && drawingButtons(),
      outcome,
      h("div", { class: "row" }, saver, button(t("cancel"), () => desk.leave(), { "data-key": "cancel-edit" })),
    );
  }

  function pickByCode() {
    const input = h("input", { "data-key": "pick-code", autocomplete: "off" });
    const add = () => input.value.trim() && pick(input.value.trim(), true);
    input.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), add()));
    return h("div", { class: "row" }, field(t("cells.code"), input), button(t("cells.add"), add, { "data-key": "pick-add" }));
  }

  function codeFields() {
    const wanted = TOOLS[tool].codes ?? [];
    if (!picked.length || !wanted.length) return null;
    const standard = { left: picked[0], right: second, merged: picked[0], new: "" };
    const one = (name) => {
      const input = h("input", { value: codes[name] ?? standard[name], maxlength: "60", "data-key": `code-${name}`, required: true });
      input.addEventListener("input", () => ((codes[name] = input.value.trim()), soon()));
      return field(t(`cells.code_${name}`), input);
    };
    return h("div", { class: "stack" }, wanted.map(one));
  }

  function drawingButtons() {
    return h(
      "div",
      { class: "row" },
      button(t("cells.point_here"), () => drawing.addMiddle(), { "data-key": "point-here" }),
      button(t("cells.finish"), () => drawing.finish(), { "data-key": "finish", disabled: finished }),
      button(t("cells.again"), () => ((finished = false), drawing.again(), say(t(`cells.draw_${tool}`)), draw()), { "data-key": "draw-again" }),
    );
  }

  return { element, start, stop, pick, preview: soon, active: () => tool, remove: () => (stop(), overlay.remove()) };
}

/** What is told beside the pointer: each cell with its ground and people, or what is wrong. */
function summary(answer) {
  if (answer.refused) return [answer.refused];
  const gained = new Set(answer.gained);
  return answer.after.filter((one) => !gained.has(one.code)).map((one) => [one.code, `${n(one.area_m2 / 10000)} ha`, one.people === null ? null : t("cells.people", { count: Math.round(one.people) })].filter(Boolean).join(" · "));
}
