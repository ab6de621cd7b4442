// Time along the bottom: a histogram to brush, a window that can be moved and played.

import uPlot from "uplot";

import { query } from "../frame/api.js";
import { button, h, select } from "../frame/dom.js";
import { toolbar } from "../frame/groups.js";
import { t } from "../frame/i18n.js";
import { quantiles } from "../map/colours.js";
import { axesOf, ink } from "./axes.js";
import { before } from "./controls.js";
import { figuresOf, filterOf, FILTERS, pathOf } from "./filter.js";
import { usualChange } from "./picture.js";
import { frames, shift, WINDOWS } from "./windows.js";

const SPEEDS = { slow: 1600, normal: 800, fast: 300 };
/** Windows fetched before play starts; of more, evenly spread ones, and the rest as they come. */
const AHEAD = 400;

/** The periods of a window; a second one follows a year behind. */
function at([start, end], view) {
  if (view.start2 === undefined) return { start, end };
  const [start2, end2] = before(start, end, true);
  return { start, end, start2, end2 };
}

/** One scale that fits every window. */
function scaleOf(kind, found) {
  if (kind === "heat") return Math.max(...found.map((one) => one.peak));
  if (kind === "change") return Math.max(...found.map(usualChange));
  return quantiles(found.flatMap((one) => one.rows.map((row) => row.value)));
}

export function createBrush(ctx, picture, heat) {
  const { api, state, plan } = ctx;
  const chart = h("div", { class: "chart" });
  const cache = new Map();
  let plot = null;
  let data = null;
  /** The play that goes on, if one does: {timer}, 0 while its windows are fetched. */
  let run = null;
  const width = () => (state.get().window in WINDOWS ? state.get().window : "month");
  const speed = () => (state.get().speed in SPEEDS ? state.get().speed : "normal");
  const keep = (name, usual) => (value) => state.set({ [name]: value === usual ? "" : value }, { replace: true });
  // made once: what is being pressed or chosen stays
  const toggle = button("", () => (run ? halt() : play()), { "aria-keyshortcuts": "p", "data-key": "play" });
  const widths = select(Object.keys(WINDOWS).map((name) => [name, t(`window_${name}`)]), width(), keep("window", "month"), { "aria-label": t("window"), "data-key": "window" });
  const speeds = select(Object.keys(SPEEDS).map((name) => [name, t(`speed_${name}`)]), speed(), keep("speed", "normal"), { "aria-label": t("speed"), "data-key": "speed" });
  const progress = h("progress", { "aria-label": t("loading"), hidden: true });
  const go = (by, name, sign, key) => button(sign, () => step(by), { "aria-label": t(name), title: t(name), "aria-keyshortcuts": key, "data-key": name });
  const buttons = toolbar(h("div", { class: "row" }, go(-1, "earlier", "◀", ","), toggle, go(1, "later", "▶", "."), widths, speeds, progress), t("time"));
  const element = h("div", { class: "time" }, buttons, chart);

  const seconds = (iso) => Date.parse(`${iso}T00:00Z`) / 1000;
  const iso = (second) => new Date(second * 1000).toISOString().slice(0, 10);
  const key = (view) => pathOf(view) + query(figuresOf(view, plan().id));

  /** Draw the histogram of everything but the period itself. */
  function update(bars) {
    data = bars;
    draw();
  }

  function draw() {
    if (!data.length) {
      plot?.destroy();
      plot = null;
      return chart.replaceChildren(h("p", { class: "soft" }, t("no_time")));
    }
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", t("histogram_about", { first: data[0].start, last: data.at(-1).start, total: data.reduce((sum, one) => sum + one.n, 0) }));
    const bars = [data.map((one) => seconds(one.start)), data.map((one) => one.n)];
    if (!plot) {
      chart.replaceChildren();
      plot = new uPlot(options(), bars, chart);
    } else if (JSON.stringify(bars) !== JSON.stringify(plot.data)) {
      plot.setData(bars); // whoever is dragging over it goes on
    }
  }

  function options() {
    const last = () => seconds(shift(data.at(-1).start, "month", 1)); // the last month has its width, too
    return {
      width: Math.max(200, chart.clientWidth),
      height: 84,
      legend: { show: false },
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC"),
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
      scales: { x: { range: (_, low) => [low, last()] }, y: { range: (_, low, high) => [0, Math.max(1, high)] } },
      axes: axesOf({ ticks: { stroke: ink("--line") } }),
      series: [{}, { stroke: ink("--accent"), fill: ink("--accent"), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.85], align: 1 }) }],
      hooks: { draw: [mark], setSelect: [brushed] },
    };
  }

  let marking = false;
  function mark() {
    const { start, end } = state.get();
    if (!plot) return;
    marking = true;
    const [left, right] = [start ? plot.valToPos(seconds(start), "x") : 0, end ? plot.valToPos(seconds(end), "x") : plot.over.clientWidth];
    const width = Math.min(right, plot.over.clientWidth) - Math.max(0, left);
    plot.setSelect((start || end) && width > 0 ? { left: Math.max(0, left), width, top: 0, height: plot.over.clientHeight } : { left: 0, width: 0, top: 0, height: 0 }, false);
    marking = false;
  }

  function brushed(chartNow) {
    if (marking || !chartNow.select.width) return;
    const month = (second, round) => {
      const date = new Date(second * 1000);
      return iso(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + round, 1) / 1000);
    };
    const { left, width: wide } = chartNow.select;
    pause();
    state.set({ start: month(chartNow.posToVal(left, "x"), 0), end: month(chartNow.posToVal(left + wide, "x") - 1, 1) });
  }

  /** Every window of the chosen width from the first to the last day there is. */
  const windows = () => (data?.length ? frames(data[0].start, shift(data.at(-1).start, "month", 1), width()) : []);

  function step(by) {
    const all = windows();
    if (!all.length) return;
    const { start, end } = state.get();
    const now = all.findIndex(([from, to]) => from === start && to === end);
    const near = all.findIndex(([from]) => from >= (start ?? ""));
    const next = now < 0 ? (by > 0 ? Math.max(0, near) : all.length - 1) : (now + by + all.length) % all.length;
    state.set(at(all[next], state.get()), { replace: true });
  }

  /** Fetch every picture first, so that one legend fits all of them and none waits. */
  async function play() {
    const view = state.get();
    const whole = windows();
    if (!whole.length) return;
    const mine = (run = { timer: 0 });
    const all = whole.filter((_, index) => index % Math.ceil(whole.length / AHEAD) === 0);
    const found = [];
    cache.clear(); // others have reported since
    try {
      for (let first = 0; first < all.length; first += 6) {
        showState(first, all.length);
        const part = all.slice(first, first + 6).map((window) => ({ ...view, ...at(window, view) }));
        found.push(...(await Promise.all(part.map((one) => fetchFrame(one)))));
        if (run !== mine) return;
      }
      picture.fix(scaleOf(view.kind, found));
      step(1);
      beat();
    } catch (error) {
      if (run === mine) pause();
      ctx.notify(error);
    }
  }

  /** Go from window to window at the chosen speed. */
  function beat() {
    if (!run) return;
    clearInterval(run.timer);
    run.timer = setInterval(() => step(1), SPEEDS[speed()]);
    showState();
  }

  /** The figures of one window, and what the full hue of its heat would be. */
  async function fetchFrame(view) {
    const options = { quiet: true, signal: ctx.signal };
    const figures = cache.get(key(view)) ?? (await api.get(pathOf(view), figuresOf(view, plan().id), options));
    cache.set(key(view), figures);
    if (view.kind !== "heat") return figures;
    return { ...figures, peak: (await heat.scale(filterOf(view), options)).peak };
  }

  function pause() {
    if (!run) return;
    clearInterval(run.timer);
    run = null;
    picture.fix(null);
    showState();
  }

  /** Stopped by hand: what did not follow the play, such as the counts of the chips, does so now. */
  function halt() {
    pause();
    ctx.reload();
  }

  function showState(done = 0, total = 0) {
    toggle.textContent = run ? `■ ${t("stop")}` : `▶ ${t("play")}`;
    toggle.setAttribute("aria-label", t(run ? "stop" : "play"));
    toggle.classList.toggle("primary", !run);
    progress.hidden = !total;
    if (total) Object.assign(progress, { max: total, value: done });
  }

  const follows = [
    state.on(["start", "end"], mark),
    // the legend is fixed for what was played
    state.on([...FILTERS.filter((name) => !["start", "end"].includes(name)), "level", "per", "kind"], pause),
    state.on(["window"], () => ((widths.value = width()), run && halt())),
    state.on(["speed"], () => ((speeds.value = speed()), run?.timer && beat())),
  ];
  const resize = new ResizeObserver(() => plot && chart.clientWidth && plot.setSize({ width: chart.clientWidth, height: 84 }));
  resize.observe(chart);
  showState();

  return {
    element,
    update,
    playing: () => Boolean(run?.timer),
    /** The figures of a view that play has fetched already. */
    frame: (view) => (run ? cache.get(key(view)) : null),
    stop() {
      pause();
      for (const end of follows) end();
      resize.disconnect();
      plot?.destroy();
    },
  };
}
