// The Patrol workspace: what is asked and what came of it on the left, routes on the map, the
// shift's time below, the chosen stop or unit on the right. On a phone a chosen unit is all.

import { button, fill, h, select } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { ask } from "../frame/signin.js";
import { drawPlainly } from "../cells/compare.js";
import { createAsked } from "./asked.js";
import { createBoard } from "./board.js";
import { createCrew } from "./crew.js";
import { handover, routeList, unservedList, verdict } from "./outcome.js";
import { createRoutes } from "./routes.js";
import { showStop } from "./stop.js";

const SECONDS = 5;
const PAUSE = 300;
const LONG = 2000;
/** How often the desk asks what the crews have done. */
const AGAIN = 20_000;

let parts = null;

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
  const { api, state, panels } = ctx;
  let rows = [];
  let patrol = null;
  let marks = new Map();
  let changed = false;
  const desk = { ctx, patrol: () => patrol, choose, chooseUnit, touch, drawAsked, chosen, chosenUnit, marked, mark, drawChoice };
  const routes = createRoutes(desk);
  const board = createBoard(desk);
  const asked = createAsked(desk);
  const crew = createCrew(desk);
  Object.assign(desk, { routes, crew });
  const progress = h("div", { "aria-live": "polite" });
  const stop = state.on(["sel", "patrol"], (view, names) => (names.has("patrol") ? open() : turn()));
  const clock = setInterval(() => patrol?.plan && !document.hidden && look(), AGAIN);

  async function load() {
    rows = await api.get("/patrols");
    if (!rows.length) return drawEmpty();
    await open();
  }

  async function open() {
    const id = Number(state.get().patrol) || rows[0].id;
    patrol = await api.get(`/patrols/${id}`);
    await readMarks();
    changed = false;
    draw();
    routes.fit();
  }

  async function readMarks() {
    const found = await api.get(`/patrols/${patrol.id}/marks`, {}, { quiet: true });
    marks = new Map(found.map((row) => [keyOf(row), row.state]));
  }

  /** See what has been done meanwhile. */
  async function look() {
    await readMarks().catch(() => {});
    drawDone();
  }

  function marked(visit) {
    return marks.get(keyOf(visit)) ?? "open";
  }

  /** Keep what became of a visit. */
  async function mark({ stop: name, arrive }, what) {
    try {
      const answer = await api.send("PUT", `/patrols/${patrol.id}/marks`, { body: { stop: name, arrive, state: what } });
      marks = new Map((await answer.json()).map((row) => [keyOf(row), row.state]));
      drawDone();
    } catch (error) {
      if (error.status === 404) await open();
      ctx.notify(error);
    }
  }

  async function begin() {
    const { asked: again } = await api.get("/patrols/tonight");
    const named = rows.map((row) => row.name);
    let name = `${t("patrol.sheet_title")} ${again.shift.date ?? ""}`.trim();
    for (let count = 2; named.includes(name); count += 1) name = name.replace(/( \(\d+\))?$/, ` (${count})`);
    const made = await api.post("/patrols", { name, asked: again });
    rows = await api.get("/patrols");
    state.set({ patrol: String(made.id), sel: undefined });
  }

  function drawEmpty() {
    fill(panels.left, h("div", { class: "stack" }, h("p", { class: "empty" }, t("patrol.page_none")), button(t("patrol.page_new"), begin, { class: "primary" })));
  }

  function draw() {
    drawAsked();
    board.draw(panels.bottom);
    drawChoice();
  }

  function drawDone() {
    drawAsked();
    board.draw(panels.bottom);
    if (chosenUnit()) drawChoice();
  }

  function drawAsked() {
    const pairs = rows.map((row) => [String(row.id), row.name]);
    const pick = select(pairs, String(patrol.id), (id) => state.set({ patrol: id, sel: undefined }), { "aria-label": t("patrol.sheet_title"), "data-key": "patrols" });
    const go = button(t("patrol.page_solve"), solve, { class: "primary", "aria-keyshortcuts": "s", "data-key": "solve" });
    fill(panels.left, h("div", { class: "stack" },
      h("div", { class: "row between" }, pick, button(t("patrol.page_new"), begin, { "aria-keyshortcuts": "n", "data-key": "new-patrol" })),
      h("div", { class: "row" }, go, h("span", { class: "soft small" }, changed ? t("patrol.page_changed") : "")),
      progress, verdict(patrol), handover(api, patrol), routeList(desk), unservedList(desk), asked.element(patrol)));
  }

  /** Something asked was changed here and is not saved yet. */
  function touch() {
    changed = true;
    drawAsked();
    routes.draw();
  }

  async function save() {
    const headers = { "If-Match": `"${patrol.version}"` };
    const answer = await api.send("PUT", `/patrols/${patrol.id}`, { body: { asked: patrol.asked }, headers });
    patrol = await answer.json();
  }

  async function solve() {
    try {
      await save();
      const job = await api.post(`/patrols/${patrol.id}/solve`, { seed: 0, seconds: SECONDS });
      await follow(job);
      patrol = await api.get(`/patrols/${patrol.id}`);
      await readMarks();
      changed = false;
      ctx.speak(t("patrol.page_solved"));
    } catch (error) {
      ctx.notify(error);
    }
    fill(progress);
    draw();
    if (!state.get().sel) routes.fit(true);
  }

  async function follow(job) {
    let now = job;
    const since = Date.now();
    const bar = h("progress", { "aria-label": t("patrol.searching") });
    const words = h("p", { class: "soft small" });
    const halt = button(t("patrol.page_stop"), () => api.remove(`/jobs/${job.id}`), { "data-key": "stop-now" });
    fill(progress, h("div", { class: "tight" }, bar, words, h("div", {}, halt)));
    while (["queued", "running"].includes(now.state)) {
      if (now.done) Object.assign(bar, { max: now.total, value: now.done });
      words.textContent = now.done ? t("patrol.searching") : Date.now() - since > LONG ? t("patrol.page_preparing") : "";
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      now = await api.get(`/jobs/${job.id}`, {}, { quiet: true });
    }
    if (now.state !== "done") throw new Error(now.error?.detail ?? t("job_cancelled"));
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
