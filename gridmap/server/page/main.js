// Starts the page and mounts one workspace at a time.
//
// A workspace is a module of WORKSPACES below that exports
//   mount(ctx)   async: fill the panels, add layers to the map, follow the state;
//   prepare(ctx) if there is one: ask for what the first view needs while the map is still made;
//   unmount()    remove its layers, sources and listeners; the panels are emptied for it.
// ctx holds
//   api      frame/api.js: get, post, patch, remove (paths under /api/v1), send for raw answers
//   state    frame/state.js: get(), set(patch, {replace}), on(names, listener) -> stop()
//   session  answer of GET /session; ctx.plan() is the plan shown {id, name, version, levels, …},
//            ctx.plans() all of them
//   map      the MapLibre map; layers go under map/base.js UNDER_NAMES
//   panels   elements left, right, bottom, tools, legend; show right and bottom with hidden = false
//   notify   notify(error or text) shows it until closed; speak(text) tells screen readers
//   replan   after a change on the server: fetch the plans again and tell "plan" listeners
//   signal   aborted at unmount: pass it to addEventListener and fetch
// What is printed is the map, its legend and what ctx.onPaper() answers if mount has set it.
// A place found by search calls ctx.onFound({kind, name, bounds}) if mount has set it;
// Escape calls ctx.onEscape (set it in mount) before it lets go of the selection.

import { createApi } from "./frame/api.js";
import { byId, fill, h } from "./frame/dom.js";
import { followFolds } from "./frame/fold.js";
import { toolbar } from "./frame/groups.js";
import { createHeader } from "./frame/header.js";
import { language, t, useLanguage, useWeight, useZone } from "./frame/i18n.js";
import { listenToKeys, nameSkips } from "./frame/keys.js";
import { notify, showSlow, speak } from "./frame/notice.js";
import { listenToPrint } from "./frame/paper.js";
import { createSheet } from "./frame/sheet.js";
import { createState } from "./frame/state.js";
import { working } from "./frame/work.js";

const WORKSPACES = {
  cells: () => import("./cells/index.js"),
  incidents: () => import("./incidents/index.js"),
  patrol: () => import("./patrol/index.js"),
};

const workspaceOf = (state) => (state.get().workspace in WORKSPACES ? state.get().workspace : "incidents");

async function start() {
  const state = createState();
  const api = createApi({ language, working: (on) => working("requests", on), slow: showSlow });
  const wanted = state.get().lang ?? localStorage.getItem("lang") ?? "";
  const lang = wanted || (navigator.language.startsWith("zh") ? "zh" : undefined);
  const parts = Promise.all([import("./map/base.js"), import("./map/spot.js"), WORKSPACES[workspaceOf(state)]()]);
  const [session, first] = await Promise.all([api.get("/session", { lang }), api.get("/plans"), lang && useLanguage(lang, api)]);
  if (!lang) await useLanguage(session.lang, api);
  useZone(session.zone);
  useWeight(session.plan?.counts);
  nameParts();

  const panels = Object.fromEntries(["left", "right", "bottom", "tools", "legend"].map((id) => [id, byId(id)]));
  let plans = first;
  const plan = () => plans.find((one) => String(one.id) === state.get().plan) ?? plans.find((one) => one.id === session.plan?.id) ?? plans[0];
  const header = createHeader({ api, state, session, plans: () => plans, plan, goThere: (found) => ctx.found(found) });
  createSheet(byId("sheet"), byId("pull"), state);
  followFolds(state);
  const [{ createMap, goTo }, { followSpot }, workspace] = await parts;
  workspace.prepare?.({ api, state, session, plan, panels });
  const map = await createMap(byId("map"), state, session);
  map.getCanvas().id = "map-canvas";
  map.on("render", () => working("map", true));
  map.on("idle", () => working("map", false));

  const ctx = { api, state, session, map, panels, plan, plans: () => plans, notify, speak };
  const mark = followSpot(map, state);
  ctx.found = (found) => {
    goTo(map, found.bounds);
    mark(found);
    ctx.onFound?.(found);
  };
  let [asked, told] = [0, 0];
  ctx.replan = async () => {
    const mine = ++asked;
    const answer = await api.get("/plans");
    if (mine < told) return; // what was asked later is known already
    [told, plans] = [mine, answer];
    header.draw();
  };
  listenToKeys(ctx);
  listenToPrint(ctx);
  await follow(ctx, header);
}

/** Mount the workspace of the address, and again whenever it changes. */
async function follow(ctx, header) {
  const { state, panels } = ctx;
  let mounted = null;
  let turn = 0;
  let queue = Promise.resolve();

  function leave() {
    const gone = mounted;
    mounted = null;
    try {
      gone?.unmount();
    } catch (error) {
      notify(error); // what comes next is mounted all the same
    }
    ctx.onEscape = ctx.onFound = ctx.onPaper = null;
    for (const panel of Object.values(panels)) fill(panel);
    panels.right.hidden = panels.bottom.hidden = true;
  }

  async function swap(mine) {
    if (mine !== turn) return; // somebody has gone on already
    leave();
    ctx.signal = ctx.stop.signal;
    const name = workspaceOf(state);
    try {
      const module = await WORKSPACES[name]();
      if (mine !== turn) return;
      mounted = module;
      await module.mount(ctx);
    } catch (error) {
      if (error.name !== "AbortError") notify(error);
    }
    if (mine !== turn) return;
    document.documentElement.dataset.ready = name;
    working("workspace", false);
  }

  /** What is mounted lets its requests go at once; it is taken away when it has come to rest. */
  function change() {
    const mine = ++turn;
    working("workspace", true);
    header.draw();
    ctx.stop?.abort();
    ctx.stop = new AbortController();
    return (queue = queue.then(() => swap(mine)));
  }
  state.on(["workspace", "plan"], change);
  state.on(["level"], () => header.draw());
  await change();
}

/** Names of the fixed parts, for people who hear the page. */
function nameParts() {
  const names = { workspaces: "workspaces", left: "controls", right: "chosen", bottom: "time", map: "map", legend: "legend", tools: "tools" };
  for (const [id, key] of Object.entries(names)) byId(id).setAttribute("aria-label", t(key));
  byId("legend").setAttribute("role", "group");
  toolbar(byId("tools"));
  byId("map").setAttribute("role", "region");
  nameSkips();
  document.title = `gridmap – ${t("title")}`;
}

start().catch((error) => {
  fill(byId("notice"), h("p", {}, error.message));
});
