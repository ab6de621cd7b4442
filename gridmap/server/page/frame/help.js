// The list of keys.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

const KEYS = [
  ["/", "key_search"],
  ["Esc", "key_escape"],
  ["Tab", "key_tab"],
  ["F6", "key_part"],
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
