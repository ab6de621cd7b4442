// Questions in a dialog.

import { h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";

/** A dialog with a form; its error stays in it, so that nothing typed is lost. */
export function form(title, fields, act, submit) {
  const wrong = h("p", { class: "bad", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    try {
      await submit();
      dialog.close();
    } catch (error) {
      if (error.name === "AbortError") dialog.close();
      else wrong.textContent = error.message;
    }
  };
  const { dialog } = openDialog(title, h("form", { class: "stack", onsubmit: send }, fields, wrong, h("div", {}, h("button", { class: "primary", "data-key": "form-act" }, act))));
  (dialog.querySelector("input, textarea") ?? dialog.querySelector("[data-key=form-act]")).focus();
}
