// Dialogs: one at a time, focus held inside by the browser, Escape closes.

import { button, h } from "./dom.js";
import { t } from "./i18n.js";

/** Open a dialog; resolves when it closes. */
export function openDialog(title, ...body) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, h("div", { class: "row between" }, heading, button(t("close"), () => dialog.close())), body);
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.remove())));
  return { dialog, closed };
}

const KEYS = [
  ["/", "key_search"],
  ["Esc", "key_escape"],
  ["Tab", "key_tab"],
  ["← ↑ ↓ →", "key_arrows"],
  ["+ −", "key_zoom"],
  ["Enter", "key_enter"],
  ["Ctrl+Z  Ctrl+Y", "key_undo"],
  ["?", "key_help"],
];

export function showHelp() {
  const rows = KEYS.map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(text))]);
  openDialog(t("help"), h("p", {}, t("help_about")), h("dl", { class: "keys" }, rows));
}
