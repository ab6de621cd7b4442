// The tools over the map, and undo and redo.

import { button, fill, h } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { TOOL_NAMES } from "./editor.js";

const SHORTCUTS = { choose: "v", split: "s", merge: "m", move: "b", assign: "a", recode: "c", lock: "l", measure: "d" };

/** desk: {ctx, plan(), editor, review, begin(tool), leave(), step("undo" | "redo"), editable()}. */
export function createTools(desk) {
  const { ctx } = desk;

  /** A review has keys of its own: those of the tools are at rest. */
  const shortcut = (name) => (desk.review.active() ? null : SHORTCUTS[name]);

  function draw() {
    const now = desk.editor.active();
    const can = desk.editable();
    const tool = (name) => button(t(`cells.${name}`), () => desk.begin(name), { "aria-pressed": String(now === name), disabled: !can && name !== "measure", title: SHORTCUTS[name].toUpperCase(), "aria-keyshortcuts": shortcut(name), "data-key": `tool-${name}` });
    fill(
      ctx.panels.tools,
      button(t("cells.choose"), () => desk.leave(), { "aria-pressed": String(!now), title: SHORTCUTS.choose.toUpperCase(), "aria-keyshortcuts": shortcut("choose"), "data-key": "tool-choose" }),
      TOOL_NAMES.map(tool),
      can && button(t("cells.undo"), () => desk.step("undo"), { disabled: !desk.plan().can_undo, "data-key": "undo", title: "Ctrl+Z" }),
      can && button(t("cells.redo"), () => desk.step("redo"), { disabled: !desk.plan().can_redo, "data-key": "redo", title: "Ctrl+Y" }),
    );
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input, textarea")) return;
      const key = event.key.toLowerCase();
      const step = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
      if (!step || !desk.editable()) return;
      event.preventDefault();
      if (desk.plan()[`can_${step}`]) desk.step(step);
    },
    { signal: ctx.signal },
  );
  return { draw };
}
