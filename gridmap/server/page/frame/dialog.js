// Dialogs: one at a time, focus held inside by the browser, Escape closes.

import { button, h } from "./dom.js";
import { t } from "./i18n.js";

/** Open a dialog; resolves when it closes. */
export function openDialog(title, ...body) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, h("header", {}, heading, button("×", () => dialog.close(), { class: "icon", "aria-label": t("close"), title: t("close") })), h("div", { class: "body" }, body));
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.remove())));
  return { dialog, closed };
}
