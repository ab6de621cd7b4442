// How evenly people are spread over the cells: a tick where there are cells, the middle half as a band.

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
    const found = await ctx.api.get(`/plans/${plan.id}/balance`, {}, { signal: desk.signal });
    if (found.ticks.length && desk.plan() === plan) draw(found);
  }

  function draw({ mean, quarters, ticks }) {
    const [low, quarter, middle, most, high] = quarters;
    const x = (value) => 6 + (value / (high || 1)) * (WIDTH - 12);
    const band = svg("rect", { x: x(quarter), y: 4, width: Math.max(1, x(most) - x(quarter)), height: 22, class: "band" });
    const lines = ticks.map((one) => svg("line", { x1: x(one.people), x2: x(one.people), y1: 4, y2: 26, class: "tick" }, svg("title", {}, `${one.code}: ${n(one.people)}`)));
    const label = (value, anchor) => svg("text", { x: x(value), y: 40, "text-anchor": anchor }, n(value));
    const about = t("cells.balance_about", { low, quarter, middle, most, high });
    fill(element, h("h3", {}, t("cells.balance")), svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "strip", role: "img", "aria-label": about }, band, lines, label(0, "start"), x(middle) < WIDTH - 70 && x(middle) > 24 && label(middle, "middle"), label(high, "end")), h("p", { class: "soft small" }, about), ctx.session.can.includes("plan") && createRedraw(desk, mean));
  }
  return { element, load };
}
