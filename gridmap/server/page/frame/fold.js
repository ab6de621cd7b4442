// Parts of the page that fold. Which are not as they are by themselves is in the address: what is
// open by its name, what is folded with a minus before it. A link opens the same, on a phone too.

import { h } from "./dom.js";

export function isOpen(state, name, usual = false) {
  const fold = state.get().fold ?? [];
  return fold.includes(name) || (usual && !fold.includes(`-${name}`));
}

export function keepOpen(state, name, open, usual = false) {
  const others = (state.get().fold ?? []).filter((one) => one !== name && one !== `-${name}`);
  const mine = open === usual ? [] : [open ? name : `-${name}`];
  state.set({ fold: [...others, ...mine].sort() }, { replace: true });
}

/** A part that folds away under its summary; key is the data-key of the summary. */
export function folding(state, name, summary, parts, { usual = false, key = `fold-${name}`, ...attributes } = {}) {
  const keep = () => element.isConnected && keepOpen(state, name, element.open, usual);
  const element = h("details", { ...attributes, open: isOpen(state, name, usual), ontoggle: keep, "data-fold": name, "data-usual": usual }, h("summary", { "data-key": key }, summary), parts);
  return element;
}

/** Fold and unfold what is there as the address says, when it changes by "back". */
export function followFolds(state) {
  state.on(["fold"], () => {
    for (const part of document.querySelectorAll("[data-fold]")) part.open = isOpen(state, part.dataset.fold, part.hasAttribute("data-usual"));
  });
}
