// Whether a map of hot spots would have foretold more than simply counting, in plain words.

import { fill, h } from "../frame/dom.js";
import { folding } from "../frame/fold.js";
import { n, percent, t } from "../frame/i18n.js";
import { figuresOf } from "./filter.js";

const METHODS = ["hotspots", "density", "count"];
/** Two counts differ by more than chance when they are this many standard deviations apart. */
const SURE = 1.96;

export function createBackTest(ctx) {
  const element = h("section", { class: "tight", hidden: true, "aria-label": t("incidents.backtest") });
  let asked = "";

  async function load(view, options) {
    element.hidden = view.kind !== "hotspots";
    if (element.hidden) return;
    const question = figuresOf(view, ctx.plan().id);
    if (JSON.stringify(question) === asked) return;
    try {
      const found = await ctx.api.get("/incidents/hotspots/backtest", question, options);
      asked = JSON.stringify(question);
      fill(element, title(), show(ctx.state, found));
    } catch (error) {
      if (error.name === "AbortError") throw error;
      asked = "";
      fill(element, title(), h("p", { class: "soft small" }, error.message));
    }
  }

  return { element, load };
}

const title = () => h("h3", {}, t("incidents.backtest"));
const inOne = (day) => day.replaceAll("-", "\u2011");
const period = ({ start, end }) => `${inOne(start ?? t("beginning"))} – ${inOne(end ?? t("today"))}`;
const share = (part) => percent(part, 1);

/** One sentence about the widest share the three ways can be compared at, then all of them. */
function show(state, { before, after, rows }) {
  const by = Object.fromEntries(METHODS.map((method) => [method, rows.filter((row) => row.method === method)]));
  const shares = by.count.map((_, index) => METHODS.map((method) => by[method][index])).filter((three) => three.every((row) => row.cells));
  if (!after.n || !shares.length) return h("p", { class: "soft small" }, t("incidents.backtest_none"));
  const middle = shares.find((three) => three[1].share > 0.04) ?? shares.at(-1);
  return [
    h("p", { class: "small" }, t("incidents.backtest_how", { before: period(before), after: period(after), n_before: before.n, n: after.n })),
    h("p", { class: "verdict small" }, verdict(middle, after.n)),
    folding(state, "backtest", t("incidents.backtest_all"), [table(shares, after.n), h("p", { class: "soft small" }, t("incidents.backtest_words"))], { key: "backtest-all" }),
  ];
}

/** What would have been met where the map says, and where simply counting says, and whether that differs by more than chance. */
function verdict([map, density, count], total) {
  const plain = density.hits >= count.hits ? density : count;
  const apart = Math.abs(map.hits - plain.hits) / Math.sqrt(map.hits + plain.hits || 1);
  const who = apart < SURE ? "same" : map.hits > plain.hits ? "map" : "plain";
  return t(`incidents.backtest_${who}`, { area: share(map.share), map: map.hits, map_share: share(map.hits / total), plain_area: share(plain.share), plain_method: t(`incidents.by_${plain.method}`), plain: plain.hits, plain_share: share(plain.hits / total), total });
}

function table(shares, total) {
  const head = ["backtest_method", "backtest_area", "backtest_hits", "PAI", "PEI"].map((key, index) => h("th", { scope: "col", class: index && "number" }, index < 3 ? t(`incidents.${key}`) : key));
  const line = (row) => h("tr", {}, h("td", {}, t(`incidents.method_${row.method}`)), [share(row.share), `${n(row.hits)} (${share(row.hits / total)})`, n(row.pai, 2), n(row.pei, 2)].map((text) => h("td", { class: "number" }, text)));
  return h("table", { class: "still" }, h("thead", {}, h("tr", {}, head)), shares.map((three) => h("tbody", {}, three.map(line))));
}
