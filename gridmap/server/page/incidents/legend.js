// The legend: what is drawn, in which unit, how many; zero, too few and no data apart; places below.

import { fill, h } from "../frame/dom.js";
import { folding } from "../frame/fold.js";
import { n, t } from "../frame/i18n.js";
import { swatch } from "./places.js";

const item = (style, text, kind = "") => h("li", {}, h("span", { class: `swatch ${kind}`, style }), text);

/** Make a legend without anything in it; it folds away where it would cover a small map. */
export function createLegend(element, state) {
  const usual = matchMedia("(min-width: 761px)").matches;
  fill(element, folding(state, "legend", "", [h("div", { class: "tight" }), h("ul", { class: "tight beside" })], { usual, key: "legend", class: "legend", hidden: true }));
}

function parts(element) {
  const [summary, figures, places] = element.firstChild.children;
  const settle = () => (element.firstChild.hidden = !figures.firstChild && !places.firstChild);
  return { summary, figures, places, settle };
}

/** Say what is drawn. */
function tell(element, title, ...children) {
  const { summary, figures, settle } = parts(element);
  fill(summary, title);
  fill(figures, children);
  settle();
}

/** Unit, how many, and whether the scale stays. */
const about = (unit, count, fixed) => h("p", { class: "soft" }, unit, " · ", h("span", { class: "whole" }, `n = ${n(count)}`), fixed && ` · ${t("legend_fixed")}`);

/** No figures are drawn. */
export const clearLegend = (element) => tell(element, t("legend"));

/** Name the layers of places that are switched on. */
export function drawPlacesLegend(element, layers) {
  const { summary, places, settle } = parts(element);
  if (!summary.firstChild) fill(summary, t("legend"));
  fill(places, layers.map((layer) => h("li", {}, swatch(layer), layer.name)));
  settle();
}

/** Classes of whole numbers name the numbers in them: 1 – 33, 34 – 61. */
function spans(breaks) {
  const tops = breaks.map(Math.floor);
  return tops.map((top, index) => {
    const low = index ? tops[index - 1] + 1 : 1;
    return low >= top ? n(top) : `${n(low)} – ${n(top)}`;
  });
}

/** A colour as it looks on the map, where the streets shine through. */
const onMap = (colour) => `color-mix(in srgb, ${colour} var(--map-share), var(--map-ground))`;

/** Legend of classes (breaks, or names of what the colours mean), zero, too few, no data. */
export function drawLegend(element, { title, unit, count, breaks, colours, zero, few, none, fixed, whole, names, notes = [] }) {
  const texts = names ?? (whole ? spans(breaks) : breaks.map((top, index) => (index ? `${n(breaks[index - 1])} – ${n(top)}` : `≤ ${n(top)}`)));
  const classes = texts.map((text, index) => item({ backgroundColor: onMap(colours[index]) }, text));
  tell(
    element,
    title,
    about(unit, count, fixed),
    h("ul", {}, zero && item({ backgroundColor: onMap("#fff") }, n(0)), classes, few && item({}, t("too_few"), "few"), none && item({}, t("no_data"))),
    notes.map(([text, kind]) => (kind ? h("ul", {}, item({}, text, kind)) : h("p", { class: "soft" }, text))),
  );
}

/** Legend of a heat: what densities its hues stand for. */
export function drawHeatLegend(element, { title, unit, count, marks, fixed, note }) {
  tell(
    element,
    title,
    about(unit, count, fixed),
    h("ul", {}, marks.map(({ density, color }, index) => item({ backgroundColor: color }, index < marks.length - 1 ? n(density) : `≥ ${n(density)}`))),
    h("p", { class: "soft" }, note),
  );
}
