// The Patrol workspace: what is asked and what came of it on the left, routes on the map, the
// shift's time below, the chosen stop or unit on the right. On a phone a chosen unit is all.

import { button, fill, h, select } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";
import { ask } from "../frame/signin.js";
import { once } from "../frame/work.js";
import { drawPlainly } from "../cells/compare.js";
import { createAsked } from "./asked.js";
import { createBoard } from "./board.js";
import { createCrew } from "./crew.js";
import { handover, routeList, unservedList, verdict } from "./outcome.js";
import { paperOf } from "./paper.js";
import { createRoutes } from "./routes.js";
import { showStop } from "./stop.js";

const SECONDS = 5;
const LONG = 2000;
/** How often the desk asks what the crews have done. */
const AGAIN = 20_000;

let parts = null;
/** Whether the page was opened here without a camera in its address: then the routes are brought into view. */
let unplaced = false;

export const prepare = ({ state }) => (unplaced = !state.get().map);

export async function mount(ctx) {
  if (!ctx.session.can.includes("patrol")) return mountClosed(ctx);
  const desk = createDesk(ctx);
  parts = desk;
  await desk.load();
}

export function unmount() {
  parts?.remove();
  parts = null;
}

/** Who may not plan is told who may, and keeps the cells. */
function mountClosed({ api, map, panels, plan, session }) {
  const shown = plan();
  if (shown) parts = drawPlainly(map, shown, session);
  const enter = session.role === "public" && h("div", {}, button(t("sign_in"), () => ask(api), { "data-key": "ask" }));
  fill(panels.left, h("div", { class: "stack" }, h("h2", {}, t("patrol")), h("p", {}, t("patrol.page_may_not", { role: t(`store.role_${session.role}`) })), enter));
}

const keyOf = ({ stop, arrive }) => `${stop}\n${arrive}`;

/** The patrol lead's desk: the patrol in hand, and what its parts share. */
function createDesk(ctx) {
  const { api, state, panels, signal } = ctx;
  let rows = [];
  let patrol = null;
  let marks = new Map();
  let changed = false;
  /** Which patrol is being opened and which marks were told last: an older answer is not shown. */
  let [opened, told] = [0, 0];
  let solving = false;
  let last = Promise.resolve();
  const desk = { ctx, patrol: () => patrol, choose, chooseUnit, touch, touchShift, chosen, chosenUnit, marked, mark, drawChoice };
  const routes = createRoutes(desk);
  const board = createBoard(desk);
  const asked = createAsked(desk);
  const crew = createCrew(desk);
  Object.assign(desk, { routes, crew });
  const progress = h("div", { "aria-live": "polite" });
  const [head, result, wishes] = [1, 2, 3].map(() => h("div", { class: "stack" }));
  const stop = state.on(["sel", "patrol"], (view, names) => (names.has("patrol") ? open().catch(ctx.notify) : turn()));
  const clock = setInterval(() => patrol?.plan && !document.hidden && look(), AGAIN);

  ctx.onPaper = () => (patrol ? paperOf(patrol, rows.find((row) => row.id === patrol.id)?.name ?? t("patrol")) : { title: t("patrol"), lines: [] });

  async function load() {
    rows = await api.get("/patrols", {}, { signal });
    if (!rows.length) return drawEmpty();
    await open();
  }

  async function open() {
    const mine = ++opened;
    const id = Number(state.get().patrol) || rows[0].id;
    const [found, done] = await Promise.all([api.get(`/patrols/${id}`, {}, { signal }), marksOf(id)]);
    if (mine !== opened) return;
    patrol = found;
    changed = false;
    routes.stopAsking();
    keep(done);
    draw();
    if (unplaced) routes.fit();
    unplaced = false;
  }

  const marksOf = (id) => api.get(`/patrols/${id}/marks`, {}, { quiet: true, signal });

  function keep(found) {
    told += 1;
    marks = new Map(found.map((row) => [keyOf(row), row.state]));
  }

  /** See what has been done meanwhile; what was marked or opened since is newer. */
  async function look() {
    const before = told;
    const found = await marksOf(patrol.id).catch(() => null);
    if (!found || told !== before) return;
    keep(found);
    drawDone();
  }

  function marked(visit) {
    return marks.get(keyOf(visit)) ?? "open";
  }

  /** Keep what became of a visit: one after the other, so that the last answer knows them all. */
  function mark(visit, what) {
    const { id } = patrol;
    last = last.then(() => put(id, visit, what));
    return last;
  }

  async function put(id, { stop: name, arrive }, what) {
    try {
      const found = await api.put(`/patrols/${id}/marks`, { stop: name, arrive, state: what });
      if (signal.aborted || id !== patrol.id) return;
      keep(found);
      drawDone();
    } catch (error) {
      ctx.notify(error);
      if (error.status === 404 && !signal.aborted) await open().catch(ctx.notify);
    }
  }

  const begin = once(() => make().catch(ctx.notify));

  async function make() {
    const { asked: again } = await api.get("/patrols/tonight");
    const named = rows.map((row) => row.name);
    let name = `${t("patrol.sheet_title")} ${again.shift.date ?? ""}`.trim();
    for (let count = 2; named.includes(name); count += 1) name = name.replace(/( \(\d+\))?$/, ` (${count})`);
    const made = await api.post("/patrols", { name, asked: again });
    if (signal.aborted) return;
    rows = await api.get("/patrols", {}, { signal });
    state.set({ patrol: String(made.id), sel: undefined });
  }

  function drawEmpty() {
    fill(panels.left, h("div", { class: "stack" }, h("p", { class: "empty" }, t("patrol.page_none")), button(t("patrol.page_new"), begin, { class: "primary" })));
  }

  function draw() {
    fill(panels.left, h("div", { class: "stack" }, head, progress, result, wishes));
    drawAsked();
    drawDone();
    drawChoice();
  }

  /** What came of it, and what has been done so far. */
  function drawDone() {
    fill(result, verdict(patrol), handover(api, patrol), routeList(desk), unservedList(desk));
    board.draw(panels.bottom);
    if (chosenUnit()) drawChoice();
  }

  function drawAsked() {
    drawHead();
    fill(wishes, asked.element(patrol));
  }

  function drawHead() {
    const pairs = rows.map((row) => [String(row.id), row.name]);
    const pick = select(pairs, String(patrol.id), (id) => state.set({ patrol: id, sel: undefined }), { "aria-label": t("patrol.sheet_title"), "data-key": "patrols" });
    const go = button(t("patrol.page_solve"), solve, { class: "primary", "aria-keyshortcuts": "s", "data-key": "solve", "aria-disabled": solving ? "true" : null });
    fill(head, h("div", { class: "row between" }, pick, button(t("patrol.page_new"), begin, { "aria-keyshortcuts": "n", "data-key": "new-patrol" })),
      h("div", { class: "row" }, go, h("span", { class: "soft small" }, changed ? t("patrol.page_changed") : "")));
  }

  /** Something asked was changed here and is not saved yet. */
  function touch() {
    changed = true;
    drawAsked();
    routes.draw();
  }

  function touchShift() {
    changed = true;
    drawHead();
  }

  /** Save what is asked; it stays the object the controls change. */
  async function save() {
    const { id, version, asked: wanted } = patrol;
    const answer = await api.put(`/patrols/${id}`, { asked: wanted }, { headers: { "If-Match": `"${version}"` } });
    if (patrol.id === id) patrol = { ...answer, asked: wanted };
  }

  /** Solve what is asked now; what is asked meanwhile stays, to be solved next. */
  const solve = once(async () => {
    const { id } = patrol;
    [solving, changed] = [true, false];
    drawHead();
    try {
      await save();
      await follow(ctx, await api.post(`/patrols/${id}/solve`, { seed: 0, seconds: SECONDS }), progress, searching());
      if (!signal.aborted && patrol.id === id) await solved(id);
    } catch (error) {
      changed = true;
      ctx.notify(error);
    }
    solving = false;
    if (!signal.aborted) drawHead();
  });

  async function solved(id) {
    const [found, done] = await Promise.all([api.get(`/patrols/${id}`, {}, { signal }), marksOf(id)]);
    if (patrol.id !== id) return;
    const typing = wishes.contains(document.activeElement) && document.activeElement.matches("input");
    patrol = changed || typing ? { ...found, asked: patrol.asked } : found;
    keep(done);
    ctx.speak(t("patrol.page_solved"));
    if (!typing) drawAsked();
    drawDone();
    drawChoice();
    if (!state.get().sel) routes.fit();
  }

  /** What is told while routes are searched for; in the beginning the way between stops is made ready. */
  function searching() {
    const since = Date.now();
    const say = ({ done }) => (done ? t("patrol.searching") : Date.now() - since > LONG ? t("patrol.page_preparing") : "");
    return { say, halt: { text: t("patrol.page_stop"), key: "stop-now" } };
  }

  function selected(kind) {
    const [found, ...name] = (state.get().sel ?? "").split(":");
    return found === kind ? name.join(":") : null;
  }

  function chosen() {
    return selected("stop");
  }

  function chosenUnit() {
    const name = selected("unit");
    return patrol?.plan?.units.some((unit) => unit.name === name) ? name : null;
  }

  function choose(name) {
    state.set({ sel: name ? `stop:${name}` : undefined });
  }

  function chooseUnit(name) {
    state.set({ sel: name ? `unit:${name}` : undefined });
  }

  /** Another stop or unit is chosen, or none. */
  function turn() {
    drawChoice();
    if (chosen() || chosenUnit()) routes.show();
  }

  function drawChoice() {
    if (!patrol) return;
    const [name, unit] = [chosen(), chosenUnit()];
    panels.right.hidden = !name && !unit;
    fill(panels.right, unit ? crew.element(unit) : name ? showStop(desk, name) : null);
    routes.draw();
    board.mark(name, unit);
  }

  function remove() {
    stop();
    clearInterval(clock);
    routes.remove();
    panels.bottom.hidden = true;
  }

  return Object.assign(desk, { load, remove });
}
