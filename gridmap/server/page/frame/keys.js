// Keys that work everywhere: / searches, Escape lets go, ? shows the list.

import { byId } from "./dom.js";
import { showHelp } from "./help.js";

const typing = (element) => element.matches("input:not([type=checkbox]):not([type=range]):not([type=radio]), textarea, select");

export function listenToKeys(ctx) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      if (typing(event.target)) event.target.blur();
      else if (!ctx.onEscape?.()) ctx.state.set({ sel: undefined });
    } else if (event.key === "/" && !typing(event.target)) {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "?" && !typing(event.target)) showHelp();
  });
}
