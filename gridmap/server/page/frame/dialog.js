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
