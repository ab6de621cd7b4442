// The Patrol workspace: what is asked on the left, routes on the map, the shift's time below,
// the chosen stop on the right.

import { button, fill, h, select } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";
import { createAsked } from "./asked.js";
import { createBoard } from "./board.js";
import { createRoutes } from "./routes.js";
import { showStop } from "./stop.js";

const SECONDS = 5;
const PAUSE = 300;

let parts = null;

export async function mount(ctx) {
  const desk = createDesk(ctx);
  parts = desk;
  await desk.load();
}

export function unmount() {
  parts?.remove();
  parts = null;
}

/** The patrol lead's desk: the patrol in hand, and what its parts share. */
function createDesk(ctx) {
  const { api, state, panels } = ctx;
  let rows = [];
  let patrol = null;
  let changed = false;
  const desk = { ctx, patrol: () => patrol, choose, touch, drawAsked, chosen };
  const routes = createRoutes(desk);
  const board = createBoard(desk);
  const asked = createAsked(desk);
  const progress = h("div", { "aria-live": "polite" });
  const stop = state.on(["sel", "patrol"], (view, names) => (names.has("patrol") ? open() : drawChoice()));
  desk.routes = routes;

  async function load() {
    rows = await api.get("/patrols");
    if (!rows.length) return drawEmpty();
    await open();
  }

  async function open() {
    const id = Number(state.get().patrol) || rows[0].id;
    patrol = await api.get(`/patrols/${id}`);
    changed = false;
    draw();
    routes.fit();
  }

  async function begin() {
    const { asked: template } = await api.get("/patrols/tonight");
    const made = await api.post("/patrols", { name: `${t("patrol.sheet_title")} ${rows.length + 1}`, asked: template });
    rows = await api.get("/patrols");
    state.set({ patrol: String(made.id), sel: undefined });
  }

  function drawEmpty() {
    fill(panels.left, h("div", { class: "stack" }, h("p", { class: "empty" }, t("patrol.page_none")), button(t("patrol.page_new"), begin, { class: "primary" })));
  }

  function draw() {
    drawAsked();
    routes.draw();
    board.draw(panels.bottom);
    drawChoice();
  }

  function drawAsked() {
    const pairs = rows.map((row) => [String(row.id), row.name]);
    const pick = select(pairs, String(patrol.id), (id) => state.set({ patrol: id, sel: undefined }), { "aria-label": t("patrol.sheet_title"), "data-key": "patrols" });
    const go = button(t("patrol.page_solve"), solve, { class: "primary", "data-key": "solve" });
    fill(panels.left, h("div", { class: "stack" },
      h("div", { class: "row between" }, pick, button(t("patrol.page_new"), begin, { "data-key": "new-patrol" })),
      h("div", { class: "row" }, go, h("span", { class: "soft small" }, changed ? t("patrol.page_changed") : "")),
      progress, verdict(), handover(), asked.element(patrol.asked)));
  }

  /** What the plan reaches, in one glance. */
  function verdict() {
    const plan = patrol.plan;
    if (!plan) return h("p", { class: "empty" }, t("patrol.page_unsolved"));
    const lines = [[t("patrol.required"), plan.required.served, plan.required.wanted], ...Object.entries(plan.minimums).map(([name, row]) => [name, row.visited, row.wanted])];
    return h("ul", { class: "patrol-verdict" }, lines.map(([name, have, wanted]) => h("li", { class: have >= wanted ? "good" : "bad" }, `${have >= wanted ? "✓" : "✗"} ${name}: ${n(have)} / ${n(wanted)}`)));
  }

  function handover() {
    if (!patrol.plan) return null;
    const path = `${api.root}/patrols/${patrol.id}`;
    const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    const tracks = patrol.plan.units.map((unit, index) => h("a", { href: `${path}/gpx/${index + 1}` }, `GPX ${unit.name}`));
    return h("div", { class: "row" }, h("a", { href: `${path}/sheet?lang=${lang}`, target: "_blank", rel: "noopener", "data-key": "print" }, t("patrol.page_print")), tracks, h("a", { href: `${path}/routes.geojson`, download: "routes.geojson" }, "GeoJSON"));
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
    const bar = h("progress", { "aria-label": t("patrol.searching") });
    const halt = button(t("patrol.page_stop"), () => api.remove(`/jobs/${job.id}`), { "data-key": "stop-now" });
    fill(progress, h("div", { class: "row" }, bar, halt));
    while (["queued", "running"].includes(now.state)) {
      if (now.total) Object.assign(bar, { max: now.total, value: now.done });
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      now = await api.get(`/jobs/${job.id}`, {}, { quiet: true });
    }
    if (now.state !== "done") throw new Error(now.error?.detail ?? t("job_cancelled"));
  }

  function chosen() {
    const [kind, ...name] = (state.get().sel ?? "").split(":");
    return kind === "stop" ? name.join(":") : null;
  }

  function choose(name) {
    state.set({ sel: name ? `stop:${name}` : undefined });
  }

  function drawChoice() {
    if (!patrol) return;
    const name = chosen();
    panels.right.hidden = name === null;
    fill(panels.right, name === null ? null : showStop(desk, name));
    routes.mark(name);
    board.mark(name);
  }

  function remove() {
    stop();
    routes.remove();
    panels.bottom.hidden = true;
  }

  return Object.assign(desk, { load, remove });
}
