// The list of keys: those that always work, and the single keys of the page as it is.

import { openDialog } from "./dialog.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { singleKeys, singleKeysNow, useSingleKeys } from "./keys.js";

const KEYS = [
  ["Tab", "key_tab"],
  ["← ↑ ↓ →", "key_arrows"],
  ["Home  End", "key_ends"],
  ["Enter", "key_enter"],
  ["Esc", "key_escape"],
  ["F6", "key_part"],
  ["+ −", "key_zoom"],
  ["Ctrl+Z  Ctrl+Y", "key_undo"],
];

const pairs = (rows, kind = "keys") => h("dl", { class: kind }, rows.map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]));

export function showHelp() {
  const single = h("div");
  const list = () => fill(single, singleKeys() && pairs(singles, "keys two"));
  const turn = h("input", { type: "checkbox", checked: singleKeys(), onchange: () => (useSingleKeys(turn.checked), list()), "data-key": "single-keys" });
  const singles = singleKeysNow();
  list();
  openDialog(t("help"), h("p", {}, t("help_about")), pairs(KEYS.map(([key, text]) => [key, t(text)])), h("h3", {}, t("single_keys")), h("label", { class: "row" }, turn, h("span", {}, t("single_keys_on"))), single);
}
