// What the page has to say: errors until closed, work under way, words for screen readers.

import { button, byId, fill, h } from "./dom.js";
import { has, t } from "./i18n.js";

/** Show an error or a text until it is closed. */
export function notify(what) {
  const text = typeof what === "string" ? what : what.status === undefined && has("unreachable") && what instanceof TypeError ? t("unreachable") : what.message;
  if (typeof what !== "string" && !what.status) console.warn(what);
  fill(byId("notice"), h("p", {}, text), button(t("close"), clear, { "data-key": "close-notice" }));
}

export const clear = () => fill(byId("notice"));

export function speak(text) {
  byId("spoken").textContent = text;
}

const work = new Set();

/** Say that a part ("map", "requests") is at work or at rest: the frame is busy while one is. */
export function working(part, on) {
  work[on ? "add" : "delete"](part);
  byId("frame").setAttribute("aria-busy", String(work.size > 0));
}

export function showSlow(on) {
  byId("busy").textContent = on ? t("loading") : "";
}
