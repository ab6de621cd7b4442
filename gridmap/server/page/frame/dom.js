// Makes elements. Text is always set as text, never as markup: what a file says cannot run.

/**
 * h("button", { type: "button", onclick: go }, "Go") makes an element.
 * Attributes: functions become listeners, true and false become present and absent.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  apply(element, attributes);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  apply(element, attributes);
  element.append(...children.flat(Infinity).filter(Boolean));
  return element;
}

function apply(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
}

export const byId = (id) => document.getElementById(id);

/** What a pointer or the space bar is pressed on, and the text field that tells its change as it is left. */
let [pressed, left] = [null, null];
const waiting = new Map();

const TYPED = "textarea, input:not([type=checkbox], [type=radio], [type=range], [type=file])";
const HELD = "button, summary, input[type=checkbox], input[type=radio]";
addEventListener("pointerdown", (event) => event.isPrimary && event.button === 0 && (pressed = event.target), true);
addEventListener("keydown", (event) => event.key === " " && event.target.matches?.(HELD) && (pressed = event.target), true);
addEventListener("keyup", () => pressed && release(true), true);
// what a click itself changes is changed at once
addEventListener("click", () => (pressed = null), true);
addEventListener("change", ({ target }) => target.matches(TYPED) && ((left = target), release()), true);
for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, ({ target }) => pressed && (target === window || name !== "blur") && release(true), true);
// the list of a select keeps the end of its press to itself
addEventListener("pointermove", ({ buttons }) => pressed && !buttons && release(true), true);

/** After the click, or once the next field has the focus, what waited is filled. */
function release(up) {
  setTimeout(() => {
    if (up) pressed = null;
    else left = null;
    for (const [element, children] of waiting) if (!holds(element)) replace(element, children);
  });
}

const holds = (element) => [pressed, left].some((one) => one && one !== element && element.contains(one));

/**
 * Replace what an element holds; focus stays on the control of the same data-key.
 *
 * What is being pressed or left stays until that is done: taken away in between, the click or the
 * step to the next field would be lost.
 */
export function fill(element, ...children) {
  if (holds(element)) waiting.set(element, children);
  else replace(element, children);
}

function replace(element, children) {
  waiting.delete(element);
  const held = element.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.dataset.key ?? held?.id;
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  if (held?.isConnected) return held.focus({ preventScroll: true });
  if (!key) return;
  const again = [...element.querySelectorAll("[data-key],[id]")].find((one) => (one.dataset.key ?? one.id) === key);
  again?.focus({ preventScroll: true });
  if (again?.matches(TYPED) && again.value === held.value && held.selectionStart !== null) again.setSelectionRange(held.selectionStart, held.selectionEnd);
}

/** A button with a text. */
export const button = (text, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, text);

/** A labelled field: label text above its control. */
export function field(text, control) {
  return h("label", { class: "field" }, h("span", { class: "caption" }, text), control);
}

/** A select of [value, text] pairs. */
export function select(pairs, chosen, onchange, attributes = {}) {
  const options = pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  return h("select", { onchange: (event) => onchange(event.target.value), ...attributes }, options);
}
