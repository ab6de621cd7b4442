// The legend: what is drawn, in which unit, how many; zero, too few and no data apart.

import { fill, h } from "../frame/dom.js";
import { n, t } from "../frame/i18n.js";

const item = (style, text, kind = "") => h("li", {}, h("span", { class: `swatch ${kind}`, style }), text);

/** Legend of classes: {title, unit, n, breaks, colours, zero, few, none}. */
export function drawLegend(element, { title, unit, count, breaks, colours, zero, few, none, fixed }) {
  let low = null;
  const classes = breaks.map((top, index) => {
    const text = low === null ? `≤ ${n(top)}` : `${n(low)} – ${n(top)}`;
    low = top;
    return item({ backgroundColor: colours[index] }, text);
  });
  fill(
    element,
    h(
      "div",
      { class: "legend tight" },
      h("strong", {}, title),
      h("span", { class: "soft" }, `${unit} · n = ${n(count)}`, fixed && ` · ${t("legend_fixed")}`),
      h("ul", {}, zero && item({ backgroundColor: "#fff" }, n(0)), classes, few && item({}, t("too_few"), "few"), none && item({}, t("no_data"))),
    ),
  );
}

/** Legend of a heat: from nothing to the top of its scale. */
export function drawHeatLegend(element, { title, unit, count, stops, top }) {
  fill(
    element,
    h(
      "div",
      { class: "legend tight" },
      h("strong", {}, title),
      h("span", { class: "soft" }, `${unit} · n = ${n(count)}`),
      h("div", { class: "ramp", style: { background: `linear-gradient(to right, ${stops.join(", ")})` } }),
      h("div", { class: "row between" }, h("span", {}, "0"), h("span", {}, top)),
    ),
  );
}
