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

/** Replace what an element holds; focus stays on the control of the same data-key. */
export function fill(element, ...children) {
  const held = element.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.dataset.key ?? held?.id;
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  if (held?.isConnected) return held.focus({ preventScroll: true });
  if (!key) return;
  const again = [...element.querySelectorAll("[data-key],[id]")].find((one) => (one.dataset.key ?? one.id) === key);
  again?.focus({ preventScroll: true });
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

/** Run a function once the calls have stopped for a while. */
export function settled(run, milliseconds) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), milliseconds);
  };
}
