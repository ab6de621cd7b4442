// What the page has to say: errors until closed, slow answers, words for screen readers.

import { button, byId, fill, h } from "./dom.js";
import { has, t } from "./i18n.js";

/** Show an error or a text until it is closed; what was given up is no error. */
export function notify(what) {
  if (what.name === "AbortError") return;
  const text = typeof what === "string" ? what : what.status === undefined && has("unreachable") && what instanceof TypeError ? t("unreachable") : what.message;
  if (typeof what !== "string" && !what.status) console.warn(what);
  fill(byId("notice"), h("p", {}, text), what.act && button(what.act.text, what.act.run, { class: "primary", "data-key": "notice-act" }), button(t("close"), clear, { "data-key": "close-notice" }));
}

export const clear = () => fill(byId("notice"));

export function speak(text) {
  byId("spoken").textContent = text;
}

export function showSlow(on) {
  byId("busy").textContent = on ? t("loading") : "";
}
