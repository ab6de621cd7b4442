// Keys that work everywhere: / searches, Escape lets go, F6 goes to the next part, ? shows the list.

import { byId } from "./dom.js";
import { showHelp } from "./help.js";

const typing = (element) => element.matches("input:not([type=checkbox]):not([type=range]):not([type=radio]), textarea, select");

const PARTS = ["left", "map", "right", "bottom"];
const CONTROLS = "button:not(:disabled), input, select, textarea, summary, a[href], canvas, [tabindex='0']";

/** Go to the first control of the next part of the page that is there. */
function nextPart(step) {
  const parts = PARTS.map(byId).filter((part) => part.offsetParent && part.firstChild);
  const here = parts.findIndex((part) => part.contains(document.activeElement));
  const part = parts[(here + step + parts.length) % parts.length];
  const control = [...part.querySelectorAll(CONTROLS)].find((one) => one.offsetParent && one.tabIndex >= 0);
  (control ?? part).focus();
}

export function listenToKeys(ctx) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      if (typing(event.target)) event.target.blur();
      else if (!ctx.onEscape?.()) ctx.state.set({ sel: undefined });
    } else if (event.key === "/" && !typing(event.target)) {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "F6" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      nextPart(event.shiftKey ? -1 : 1);
    } else if (event.key === "?" && !typing(event.target)) showHelp();
  });
}
