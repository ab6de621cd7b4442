// The Cells workspace: plans, whether they cover the city, what is wrong with a layer somebody
// sent, and the tools that change a draft.

import { query } from "../frame/api.js";
import { button, fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { goTo } from "../map/base.js";
import { createBalance } from "./balance.js";
import { showCell } from "./cell.js";
import { createComparison, drawPlainly } from "./compare.js";
import { createEditor } from "./editor.js";
import { paperOf } from "./paper.js";
import { createPlans } from "./plans.js";
import { createReferences } from "./references.js";
import { createReview } from "./review.js";
import { createTools } from "./tools.js";
import { createVerdict } from "./verdict.js";

const FEW = 2;
/** Colour of the cells somebody else changed meanwhile. */
const THEIRS = "#fdae61";
let parts = null;
/** What is to be said by the next mount: a repair of a layer ends in another plan. */
let told = [];

export async function mount(ctx) {
  const { state, map, panels } = ctx;
  if (!ctx.plan()) return fill(panels.left, h("p", { class: "empty" }, t("no_plan")));
  const desk = createDesk(ctx);
  const click = (event) => {
    const cell = map.queryRenderedFeatures(event.point, { layers: [desk.cells().area()] })[0];
    const code = cell?.properties.code;
    if (desk.editor.active()) return desk.editor.pick(code);
    if (desk.review.active()) return state.set({ sel: desk.review.at(event.point) ? `change:${desk.review.at(event.point)}` : state.get().sel });
    const defect = desk.references.at(event.point);
    state.set({ sel: defect !== undefined ? `defect:${defect}` : code ? `cell:${code}` : undefined });
  };
  map.on("click", click);
  ctx.onEscape = () => desk.busy() && (desk.leave(), true);
  parts = { desk, stops: [state.on(["sel", "level"], desk.choose), state.on(["with"], desk.showDefects), () => map.off("click", click)] };
  await desk.load();
}

export function unmount() {
  if (!parts) return;
  for (const stop of parts.stops) stop();
  parts.desk.remove();
  parts = null;
}

/** The planner's desk: what its parts share. */
function createDesk(ctx) {
  const { api, state, map, panels, signal } = ctx;
  let plan = ctx.plan();
  let cells = null;
  let last = Promise.resolve();
  let turn = 0;
  const desk = { ctx, signal, change, tried, plan: () => plan, cells: () => cells, choose, begin, leave, step, saved, renewed, overtaken, reviewing, took, redrawn, lock, load, remove };
  desk.editable = () => plan.state === "draft" && ctx.session.can.includes("plan");
  desk.paint = (wanted) => cells.colour(wanted);
  /** Defects stand aside while an edit is in hand or plans are compared. */
  desk.showDefects = () => desk.references.hide(Boolean(desk.busy() || state.get().with), desk.review.active());
  /** Whether an edit or a review is in hand. */
  desk.busy = () => Boolean(desk.editor.active() || desk.review.active());

  const verdict = (desk.verdict = createVerdict(desk));
  const balance = createBalance(desk);
  const comparison = createComparison(desk);
  const plans = createPlans(desk, comparison);
  desk.review = createReview(desk);
  desk.references = createReferences(desk, verdict);
  drawPlan();
  desk.editor = createEditor(desk);
  const tools = createTools(desk);
  const news = h("div", { class: "tight", role: "status" });
  const locked = h("div", { class: "tight" });
  ctx.onPaper = () => paperOf(desk, [balance.element, comparison.element]);
  tools.draw();
  drawLocked();
  // everybody may look at the cells; what is wrong with them is for those who work with them
  const works = ctx.session.can.includes("figures");
  fill(panels.left, h("div", { class: "stack" }, h("h2", {}, plan.name), works && verdict.element, news, plans.element, locked, works && desk.references.element, balance.element));

  const match = () => ({ "If-Match": `"${plan.version}"` });

  /** Edit, undo or redo: one after the other, each on what the one before has made. */
  function change(what, edit) {
    const mine = last.then(async () => {
      if (plan[`can_${what}`] === false) return null; // undone or redone by the one before
      const answer = await api.post(`/plans/${plan.id}/${what}`, edit, { headers: match() });
      plan = answer.plan;
      return answer;
    });
    last = mine.catch(() => {});
    return mine;
  }

  /** What an edit would make of the plan, once those before it are done. */
  async function tried(edit, asking) {
    await last;
    return api.post(`/plans/${plan.id}/preview`, edit, { headers: match(), signal: asking, quiet: true });
  }

  /** What was said of the draft's cells: which are locked, which holes are meant to be there. */
  function drawLocked() {
    if (!desk.editable()) return fill(locked);
    const line = (text, name, act, key) => h("div", { class: "row between" }, h("span", {}, text), button(name, () => act().catch(ctx.notify), { "data-key": key }));
    fill(
      locked,
      plan.locked.length > 0 && line(t("cells.locked_count", { count: plan.locked.length }), t("cells.unlock_all"), () => lock({ codes: plan.locked, locked: false }), "unlock-all"),
      plan.allowed.map(({ point: [lon, lat], who, why }, at) => line(t("cells.hole_allowed", { why, who }), t("cells.hole_back"), () => disallow(lon, lat), `hole-back-${at}`)),
    );
  }

  async function disallow(lon, lat) {
    await api.remove(`/plans/${plan.id}/holes${query({ lon, lat })}`);
    await renewed();
  }

  /** Say what came of it: the first line at once, many more when they are asked for. */
  function tell([first, ...more]) {
    const rows = more.map((line) => h("p", { class: "warn" }, line));
    fill(news, first && h("p", { class: "warn" }, first), more.length > FEW ? h("details", {}, h("summary", { "data-key": "news-more" }, t("cells.more", { count: more.length })), rows) : rows);
  }
  tell(told);
  told = [];

  /** The cells of the draft as it stands; what no edit touched stays in view meanwhile. */
  function drawPlan() {
    if (cells) cells.renew(plan.version);
    else cells = drawPlainly(map, plan, ctx.session);
    cells.setLevel(state.get().level);
    cells.few(plan.locked);
  }

  /** Lock or unlock cells: what is locked is hatched, and no edit and no repair changes it. */
  async function lock(what) {
    await api.post(`/plans/${plan.id}/locks`, what);
    ctx.speak(t(what.locked ? "cells.locked_now" : "cells.unlocked_now"));
    await renewed();
  }

  async function load() {
    choose();
    const checks = works ? [verdict.load(), desk.references.load(), comparison.load()] : [];
    await Promise.all([plans.load(), balance.load(), ...checks]);
    desk.showDefects();
  }

  function choose() {
    const [kind, ...rest] = (state.get().sel ?? "").split(":");
    const code = rest.join(":");
    cells.setLevel(state.get().level);
    cells.choose(kind === "cell" ? code : null);
    desk.references.choose(kind === "defect" ? code : null);
    if (desk.review.active()) desk.review.choose(kind === "change" ? code : null);
    else if (!desk.editor.active()) openPanel(kind === "cell" && !state.get().level ? code : null);
  }

  async function openPanel(code) {
    const inside = panels.right.contains(document.activeElement);
    panels.right.hidden = code === null;
    if (code === null) return fill(panels.right);
    const body = h("div", { class: "stack" });
    const close = button("×", () => state.set({ sel: undefined }), { class: "icon", "aria-label": t("let_go"), title: t("let_go"), "data-key": "let-go" });
    fill(panels.right, h("div", { class: "row between" }, h("span", { class: "caption" }, t("cell")), close), body);
    try {
      await showCell(desk, code, body);
    } catch (error) {
      if (error.name !== "AbortError") fill(body, h("p", { class: "empty" }, error.message));
    }
    if (inside && body.isConnected && document.activeElement === document.body) panels.right.focus({ preventScroll: true });
  }

  /** The review of a repair takes the panel of what is chosen. */
  function reviewing() {
    if (desk.editor.active()) desk.editor.stop();
    panels.right.hidden = false;
    fill(panels.right, desk.review.element);
    desk.showDefects();
    tools.draw();
  }

  /** After a repair was saved: the draft it made, or the draft as it stands now. */
  async function took(made) {
    const text = t("cells.repaired", { changed: made.changed, left: made.left.length });
    ctx.speak(text);
    const lines = [text, made.vanished.length > 0 && t("cells.vanish", { codes: made.vanished.join(", ") })].filter(Boolean);
    if (!signal.aborted) {
      desk.review.close();
      state.set({ repair: undefined, sel: undefined }, { replace: true });
      panels.right.hidden = true;
    }
    await arrive(made.plan, lines, { ref: undefined, with: undefined });
  }

  /** After a redraw: the new draft beside the plan it began from, or this draft as it stands now. */
  async function redrawn(made, lines) {
    const [text] = lines;
    ctx.speak(text);
    await arrive(made.plan, lines, { sel: undefined, with: String(plan.id) });
  }

  /** Who has left meanwhile is told, and stays where he is. */
  async function arrive(number, lines, patch) {
    if (number === plan.id && !signal.aborted) {
      tell(lines);
      return renewed();
    }
    await ctx.replan();
    if (signal.aborted) return ctx.notify(lines[0]);
    told = lines;
    if (ctx.session.bounds) goTo(map, ctx.session.bounds);
    state.set({ plan: String(number), ...patch });
  }

  function begin(tool) {
    if (desk.review.active()) leave();
    const [kind, ...rest] = (state.get().sel ?? "").split(":");
    state.set({ level: undefined, repair: undefined }, { replace: true });
    panels.right.hidden = false;
    fill(panels.right, desk.editor.element);
    desk.editor.start(tool, kind === "cell" ? rest.join(":") : undefined);
    desk.showDefects();
    tools.draw();
    panels.right.focus();
  }

  function leave() {
    desk.editor.stop();
    if (desk.review.active()) {
      desk.review.close();
      state.set({ repair: undefined, sel: undefined });
    }
    desk.showDefects();
    tools.draw();
    choose();
  }

  async function step(name) {
    if (desk.busy()) leave();
    try {
      const answer = await change(name);
      if (answer) await saved(answer, t(`cells.${name}ne`));
    } catch (error) {
      if (error.status === 412) await overtaken(error);
      else ctx.notify(error);
    }
  }

  /** After a change of ours: show where the plan stands, and stay with the cells it was about. */
  async function saved(answer, text) {
    ctx.speak(text);
    if (signal.aborted) return ctx.replan();
    desk.showDefects();
    const gained = new Set(answer.gained);
    const [first] = answer.after.filter((one) => !gained.has(one.code));
    const kept = answer.after.some((one) => `cell:${one.code}` === state.get().sel);
    if (!kept && first) state.set({ sel: `cell:${first.code}` });
    tell(answer.notices);
    await renewed();
  }

  /** Show the plan as it stands on the server now; asked again meanwhile, the last one does. */
  async function renewed() {
    const mine = ++turn;
    await ctx.replan();
    if (signal.aborted || mine !== turn) return;
    plan = ctx.plan();
    drawPlan();
    drawLocked();
    tools.draw();
    verdict.renew();
    await load();
  }

  /** Somebody saved first: say what they did, show it, keep what is in hand. */
  async function overtaken(error) {
    const done = (error.body.values?.changed ?? []).map((one) => `${t(`cells.did_${one.op || "undo"}`)}${one.by ? ` (${one.by})` : ""}${t("colon")}${one.cells.join(t("comma"))}`);
    ctx.notify([error.message, ...done].join(" · "));
    await renewed();
    if (signal.aborted) return;
    const touched = (error.body.values?.changed ?? []).flatMap((one) => one.cells);
    if (!state.get().with) desk.paint(Object.fromEntries(touched.map((code) => [code, THEIRS])));
  }

  function remove() {
    desk.editor.remove();
    desk.review.close();
    comparison.remove();
    desk.references.remove();
    cells.remove();
  }
  return desk;
}
