// How evenly people are spread over the cells: one tick a cell, the middle half as a band.

import { fill, h, svg } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";
import { createRedraw } from "./redraw.js";

const [WIDTH, HEIGHT] = [312, 44];

export function createBalance(desk) {
  const { ctx } = desk;
  const element = h("div", { class: "tight" });

  async function load() {
    const plan = desk.plan();
    if (!plan.weight || !ctx.session.can.includes("figures")) return fill(element);
    const { rows } = await ctx.api.get("/incidents/figures", { plan: plan.id, per: "people" }, { signal: ctx.signal });
    const people = rows.filter((row) => row.people !== null).map((row) => ({ code: row.code, people: row.people }));
    if (people.length) draw(people);
  }

  function draw(people) {
    const sorted = people.map((one) => one.people).sort((a, b) => a - b);
    const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
    const x = (value) => 6 + (value / (sorted.at(-1) || 1)) * (WIDTH - 12);
    const band = svg("rect", { x: x(at(0.25)), y: 4, width: Math.max(1, x(at(0.75)) - x(at(0.25))), height: 22, class: "band" });
    const ticks = people.map((one) => svg("line", { x1: x(one.people), x2: x(one.people), y1: 4, y2: 26, class: "tick" }, svg("title", {}, `${one.code}: ${n(one.people)}`)));
    const label = (value, anchor) => svg("text", { x: x(value), y: 40, "text-anchor": anchor }, n(value));
    const about = t("cells.balance_about", { low: at(0), quarter: at(0.25), middle: at(0.5), most: at(0.75), high: at(1) });
    fill(element, h("h3", {}, t("cells.balance")), svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "strip", role: "img", "aria-label": about }, band, ticks, label(0, "start"), x(at(0.5)) < WIDTH - 70 && x(at(0.5)) > 24 && label(at(0.5), "middle"), label(at(1), "end")), h("p", { class: "soft small" }, about), ctx.session.can.includes("plan") && createRedraw(desk, sorted.reduce((sum, one) => sum + one, 0) / sorted.length));
  }
  return { element, load };
}
