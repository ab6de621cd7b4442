// Category, source and status as chips with their counts, and the periods.

import { button, fill, h } from "../frame/dom.js";
import { has, n, t } from "../frame/i18n.js";

const FACETS = ["category", "source", "status"];
const FIRST = 8;

export function createChips(state) {
  const element = h("div", { class: "stack" });
  const wide = new Set();
  let last = null;

  function facet(name, counts) {
    const on = new Set(state.get()[name] ?? []);
    const known = Object.entries(counts);
    if (known.length < 2 && !on.size) return null;
    const turn = (value) => () => {
      const next = new Set(on);
      if (!next.delete(value)) next.add(value);
      state.set({ [name]: [...next] });
    };
    const shown = wide.has(name) ? known : known.filter(([value], index) => index < FIRST || on.has(value));
    const rest = known.length - shown.length;
    const more = rest > 0 && button(t("more", { count: rest }), () => (wide.add(name), update(last)), { class: "plain", "data-key": `more-${name}` });
    const chips = shown.map(([value, count]) =>
      h("label", {}, h("input", { type: "checkbox", checked: on.has(value), onchange: turn(value), "data-key": `${name}-${value}` }), h("span", {}, label(name, value)), h("span", { class: "count" }, n(count))),
    );
    return h("fieldset", { class: "tight" }, h("legend", {}, t(name)), h("div", { class: "chips" }, chips, more));
  }

  function update(facets) {
    last = facets;
    fill(element, FACETS.map((name) => facet(name, facets[name])));
  }
  return { element, update };
}

const label = (name, value) => (has(`${name}_${value}`) ? t(`${name}_${value}`) : value || t("unnamed"));

/** Period A, and B to compare it with. */
export function createPeriods(state) {
  const element = h("div", { class: "tight" });
  const date = (name, text, range) => {
    const input = h("input", { type: "date", value: state.get()[name] ?? "", min: range?.[0], onchange: () => input.reportValidity() && state.set({ [name]: input.value }), "data-key": name });
    return h("label", { class: "field" }, h("span", { class: "caption" }, text), input);
  };

  function update() {
    const two = state.get().start2 !== undefined || state.get().end2 !== undefined;
    fill(
      element,
      h("fieldset", { class: "fields" }, h("legend", {}, t(two ? "period_a" : "period")), date("start", t("from")), date("end", t("until"))),
      two && h("fieldset", { class: "fields" }, h("legend", {}, t("period_b")), date("start2", t("from")), date("end2", t("until"))),
      h("div", { class: "row" }, button(t("whole_time"), () => state.set({ start: "", end: "", start2: "", end2: "" }), { class: "plain", "data-key": "whole-time" })),
    );
  }
  return { element, update };
}
