// Search: a cell by its code, a street, a corner or an address, an incident by its number.

import { h } from "./dom.js";
import { percent, t } from "./i18n.js";
import { speak } from "./notice.js";
import { settled } from "./work.js";

/** goThere({kind, name, bounds}) brings what was chosen into view; title(level) is what people call it. */
export function createSearch({ api, state, plan, goThere, title }) {
  let found = [];
  let at = -1;
  /** Whether an answer for what is typed is awaited, and whether Enter waits for it. */
  let [asking, entered] = [false, false];
  const list = h("ul", { id: "found", role: "listbox", "aria-label": t("search_results"), hidden: true });
  const input = h("input", {
    id: "search",
    type: "search",
    role: "combobox",
    autocomplete: "off",
    placeholder: t("search_hint"),
    "aria-label": t("search"),
    "aria-keyshortcuts": "/",
    "aria-controls": "found",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
  });

  function show(results) {
    [found, asking] = [results, false];
    at = results.length ? 0 : -1;
    list.replaceChildren(...results.map(option));
    if (!results.length && input.value.trim()) list.replaceChildren(h("li", { class: "soft", role: "option", "aria-disabled": "true" }, t("search_none")));
    list.hidden = !input.value.trim() || document.activeElement !== input;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark();
    if (entered) choose(at);
    entered = false;
  }

  function option(one, index) {
    return h(
      "li",
      { role: "option", id: `found-${index}`, onpointerdown: (event) => (event.preventDefault(), choose(index)) },
      h("span", {}, one.name),
      h("span", { class: "soft" }, kindOf(one, title)),
    );
  }

  function mark() {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }

  const close = () => {
    entered = false;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };

  function choose(index) {
    const one = found[index];
    if (!one) return;
    if (one.kind === "address" && !one.bounds) return speak(t("search_ambiguous"));
    close();
    asking = false;
    input.value = one.name;
    if (one.kind === "cell") state.set({ sel: `cell:${one.name}`, level: "" });
    if (one.kind === "group") state.set({ sel: `cell:${one.name}`, level: one.ref });
    if (one.kind === "place") showPlace(one);
    if (one.kind === "incident") state.set({ workspace: "incidents", sel: `incident:${one.name}` });
    if (one.bounds) goThere(one);
    speak(one.name);
  }

  /** A place is chosen where its layer is drawn. */
  function showPlace({ ref }) {
    const places = new Set([...(state.get().places ?? []), ref.split(":")[0]]);
    state.set({ workspace: "incidents", places: [...places].sort((a, b) => a - b), sel: `place:${ref}` });
  }

  async function ask() {
    const q = input.value.trim();
    if (!q) return show([]);
    const answer = await api.get("/search", { q, plan: plan()?.id }, { quiet: true }).catch(() => []);
    if (asking && q === input.value.trim()) show(answer);
  }
  const soon = settled(ask, 150);

  input.addEventListener("input", () => {
    [asking, entered] = [true, false];
    soon();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length && !asking) {
      event.preventDefault();
      at = (at + step + found.length) % found.length;
      mark();
    } else if (event.key === "Enter" && asking) entered = true;
    else if (event.key === "Enter") choose(at);
    else if (event.key === "Escape") input.value = "";
  });
  return h("div", { class: "search", role: "search" }, input, list);
}

/** What was found; of a group also where, of an address how sure that is. */
function kindOf({ kind, bounds, match, score, ref, within }, title) {
  if (kind === "group") return [title(ref), within].filter(Boolean).join(" · ");
  if (kind === "address" && !bounds) return t("search_ambiguous");
  return match ? `${t(`match_${match}`)} · ${percent(score)}` : t(`found_${kind}`);
}
