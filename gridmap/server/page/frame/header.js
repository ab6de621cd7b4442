// The header: workspaces, search, plan, level, language, help.

import { button, byId, fill, h, select } from "./dom.js";
import { showHelp } from "./help.js";
import { language, t } from "./i18n.js";
import { createSearch } from "./search.js";
import { createSignIn, sessionEnded } from "./signin.js";

const NAMES = ["cells", "incidents", "patrol"];

/** What people call a level. */
export const levelTitle = (session, name) => (name ? (session.levels.find((level) => level.name === name)?.title ?? name) : t("level_cells"));

export function createHeader({ api, state, session, plans, plan, goThere }) {
  fill(byId("finder"), createSearch({ api, state, plan, goThere, title: (level) => levelTitle(session, level) }));

  function workspaceLink(name) {
    const here = (state.get().workspace ?? "incidents") === name;
    const go = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      state.set({ workspace: name, sel: undefined });
      byId("left").focus({ preventScroll: true }); // by keyboard the next Tab is in the workspace
    };
    const href = state.address({ workspace: name, sel: undefined });
    return h("a", { href, onclick: go, "aria-current": here ? "page" : null, "aria-keyshortcuts": String(NAMES.indexOf(name) + 1), "data-key": `to-${name}` }, t(name));
  }

  function draw() {
    const shown = plan();
    fill(byId("workspaces"), NAMES.map(workspaceLink));
    const planPairs = plans().filter((one) => one.state !== "withdrawn" || one.id === shown?.id).map((one) => [String(one.id), `${one.name} (${t(`plan_${one.state}`)})`]);
    const levelPairs = [["", t("level_cells")], ...(shown?.levels ?? []).map((name) => [name, levelTitle(session, name)])];
    const other = language() === "zh" ? "en" : "zh";
    fill(
      byId("settings"),
      h("label", {}, t("plan"), select(planPairs, String(shown?.id ?? ""), (id) => state.set({ plan: id, sel: undefined }), { "data-key": "plan", title: shown?.name })),
      h("label", {}, t("level"), select(levelPairs, state.get().level ?? "", (level) => state.set({ level, sel: undefined }), { "data-key": "level" })),
      button(t("other_language"), () => speakOther(other), { lang: other === "zh" ? "zh-CN" : "en", "data-key": "language" }),
      button("?", showHelp, { "aria-label": t("help"), "aria-keyshortcuts": "?", "data-key": "help" }),
      createSignIn({ api, session, drawn: draw }),
    );
  }

  function speakOther(lang) {
    localStorage.setItem("lang", lang);
    state.set({ lang }, { replace: true });
    location.reload();
  }

  api.refused = () => sessionEnded(api, session, draw);
  draw();
  return { draw };
}
