// Questions in a dialog.

import { button, fill, h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { notify } from "../frame/notice.js";
import { once } from "../frame/work.js";

/** A dialog with a form, sent once at a time; its error stays in it, so that nothing typed is lost. */
export function form(title, fields, act, submit) {
  const wrong = h("p", { class: "bad", role: "alert" });
  const go = h("button", { class: "primary", "data-key": "form-act" }, act);
  const send = once(async () => {
    wrong.textContent = "";
    try {
      await submit();
      dialog.close();
    } catch (error) {
      if (error.name === "AbortError") dialog.close();
      else if (dialog.open) fill(wrong, error.message, " ", error.act && button(error.act.text, error.act.run));
      else notify(error);
    }
  });
  const { dialog } = openDialog(title, h("form", { class: "stack", onsubmit: (event) => (event.preventDefault(), send()) }, fields, wrong, h("div", {}, go)));
  (dialog.querySelector("input, textarea") ?? go).focus();
}
