// Keys that work everywhere. Escape lets go and F6 goes to the next part. Single keys stand on what
// they lead to, as aria-keyshortcuts: a control is pressed, a group or a field gets the focus.

import { byId } from "./dom.js";
import { t } from "./i18n.js";

const typing = (element) => element.matches("input:not([type=checkbox]):not([type=range]):not([type=radio]), textarea, select");

const PARTS = ["left", "map", "right", "bottom"];
const STOPS = "button:not(:disabled), input:not(:disabled), select, textarea, summary, a[href], canvas, [tabindex='0']";
const PRESSED = "button, a[href], summary";
const NAMED = "[aria-keyshortcuts]";

/** Single keys can be switched off, for people whose keyboard or voice sends stray ones. */
const SWITCH = "single-keys";
export const singleKeys = () => localStorage.getItem(SWITCH) !== "off";
export const useSingleKeys = (on) => (on ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "off"));

const stopIn = (part) => [part, ...part.querySelectorAll(STOPS)].find((one) => one.matches(STOPS) && one.tabIndex >= 0 && one.checkVisibility());

/** Go to the first control of the next part of the page that is there. */
function nextPart(step) {
  const parts = PARTS.map(byId).filter((part) => part.offsetParent && part.firstChild);
  const here = parts.findIndex((part) => part.contains(document.activeElement));
  const part = parts[(here + step + parts.length) % parts.length];
  (stopIn(part) ?? part).focus();
}

/** What hides an element: the panel of a tab that is not shown, or nothing. */
const panelOver = (element) => element.closest("[role=tabpanel][hidden]");

/** What single keys lead to now: [key, element], in the order of the page. */
function named() {
  const there = (one) => !one.disabled && (panelOver(one) ?? one).parentElement.checkVisibility() && !one.hidden;
  return [...document.querySelectorAll(NAMED)].filter(there).map((one) => [one.getAttribute("aria-keyshortcuts"), one]);
}

const nameOf = (element) => element.getAttribute("aria-label") ?? (element.closest("table")?.caption ?? element.querySelector("legend, h3") ?? element).textContent;

/** The single keys of the page as it is, with the names of what they lead to. */
export const singleKeysNow = () => named().map(([key, element]) => [key, nameOf(element)]);

/** Go where a single key leads; a tab that hides it is opened. Answers whether it leads anywhere. */
export function press(wanted) {
  const [, element] = named().find(([key]) => key === wanted) ?? [];
  if (!element) return false;
  const panel = panelOver(element);
  if (panel) byId(panel.getAttribute("aria-labelledby")).click();
  (stopIn(element) ?? element).focus();
  if (element.matches(PRESSED)) element.click();
  return true;
}

/** Links before everything else that pass the header: to the controls, the map, the table, what is chosen. */
export function nameSkips() {
  for (const link of document.querySelectorAll(".skip")) link.textContent = t(link.id.replace("-", "_"));
  byId("skip-table").addEventListener("click", (event) => (event.preventDefault(), press("t")));
}

export function listenToKeys(ctx) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const dialog = document.querySelector("dialog[open]");
    if (event.key === "Escape" && !dialog) {
      if (typing(event.target)) event.target.blur();
      else if (!ctx.onEscape?.()) ctx.state.set({ sel: undefined });
    } else if (event.key === "F6" && !dialog) {
      event.preventDefault();
      nextPart(event.shiftKey ? -1 : 1);
    } else if (!dialog && !typing(event.target) && singleKeys() && press(event.key)) event.preventDefault();
  });
}
