// Category, source and status as chips with their counts, and the periods.

import { button, fill, h } from "../frame/dom.js";
import { isOpen, keepOpen } from "../frame/fold.js";
import { toolbar } from "../frame/groups.js";
import { n, t } from "../frame/i18n.js";
import { called } from "./filter.js";

const FACETS = ["category", "source", "status"];
const SHORTCUTS = { category: "c" };
const FIRST = 8;
const PERIODS = [["start", "end"], ["start2", "end2"]];

export function createChips(state) {
  const element = h("div", { class: "stack" });
  let last = null;

  function facet(name, counts) {
    const on = new Set(state.get()[name] ?? []);
    const known = Object.entries(counts);
    if (known.length < 2 && !on.size) return null;
    // of what the address says now: another chip may have been turned since these were drawn
    const turn = (value) => ({ target }) => {
      const next = new Set(state.get()[name] ?? []);
      next[target.checked ? "add" : "delete"](value);
      state.set({ [name]: [...next] });
    };
    const shown = isOpen(state, `more-${name}`) ? known : known.filter(([value], index) => index < FIRST || value === "" || on.has(value));
    const rest = known.length - shown.length;
    const more = rest > 0 && button(t("more", { count: rest }), () => unfold(name, known), { class: "plain", "data-key": `more-${name}` });
    const chips = shown.map(([value, count]) =>
      h("label", {}, h("input", { type: "checkbox", checked: on.has(value), onchange: turn(value), "data-key": `${name}-${value}` }), h("span", {}, called(name, value)), h("span", { class: "count" }, n(count))),
    );
    return h("fieldset", { class: "tight", "aria-keyshortcuts": SHORTCUTS[name] }, h("legend", {}, t(name)), toolbar(h("div", { class: "chips" }, chips, more), t(name)));
  }

  /** The focus goes on to the first chip that was folded away. */
  function unfold(name, known) {
    const there = new Set([...element.querySelectorAll("input")].map((box) => box.dataset.key));
    const [first] = known.map(([value]) => `${name}-${value}`).filter((key) => !there.has(key));
    keepOpen(state, `more-${name}`, true);
    update(last);
    [...element.querySelectorAll("input")].find((box) => box.dataset.key === first)?.focus();
  }

  function update(facets) {
    last = facets;
    fill(element, FACETS.map((name) => facet(name, facets[name])));
  }
  return { element, update };
}

/** Period A, and B to compare it with. */
export function createPeriods(state) {
  // made once: whoever types a date into them keeps the focus and what was typed
  const inputs = Object.fromEntries(PERIODS.flat().map((name) => [name, dateOf(name, take)]));
  const legend = h("legend");
  const one = (name, text) => h("label", { class: "field" }, h("span", { class: "caption" }, text), inputs[name]);
  const second = h("fieldset", { class: "fields" }, h("legend", {}, t("period_b")), one("start2", t("from")), one("end2", t("until")));
  const all = () => state.set({ start: "", end: "", start2: "", end2: "", ...(state.get().kind === "change" && { kind: "" }) });
  const whole = button(t("whole_time"), all, { class: "plain", "data-key": "whole-time" });
  const element = h("div", { class: "tight" }, h("fieldset", { class: "fields", "aria-keyshortcuts": "d" }, legend, one("start", t("from")), one("end", t("until"))), second, h("div", { class: "row" }, whole));

  function update() {
    const view = state.get();
    const two = view.start2 !== undefined || view.end2 !== undefined;
    legend.textContent = t(two ? "period_a" : "period");
    second.hidden = !two;
    for (const [name, input] of Object.entries(inputs)) {
      if (input === document.activeElement) continue;
      input.value = view[name] ?? "";
      input.setCustomValidity("");
    }
  }

  /** Take the period a day was written into; one that ends before it begins waits for its other day. */
  function take(written) {
    const [start, end] = PERIODS.find((names) => names.includes(written));
    const [from, to] = [inputs[start].value, inputs[end].value];
    inputs[end].setCustomValidity(from && to && from >= to ? t("period_backwards") : "");
    if (inputs[start].checkValidity() && inputs[end].checkValidity()) state.set({ [start]: from, [end]: to });
  }
  return { element, update };
}

/** A day; one that is still being typed, such as in the year 20, is not taken yet. */
function dateOf(name, take) {
  const input = h("input", { type: "date", min: "1900-01-01", max: "2199-12-31", onchange: () => take(name), onblur: () => input.reportValidity(), "data-key": name });
  return input;
}
