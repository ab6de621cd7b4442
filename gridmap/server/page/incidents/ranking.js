// The monthly ranking with its rates, to be handed over as a spreadsheet or on paper.

import { button, fill, h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { levelTitle } from "../frame/header.js";
import { language, signed, t } from "../frame/i18n.js";
import { query } from "../frame/api.js";
import { createTable } from "../frame/table.js";

const RATES = ["response", "resolution", "on_time", "satisfaction"];
const OTHERS = ["median_hours", "open", "overdue"];

export function createRanking(ctx) {
  return button(t("ranking"), () => openRanking(ctx), { "data-key": "ranking" });
}

function openRanking(ctx) {
  const { api, state, session, plan } = ctx;
  const month = h("input", { type: "month", min: "1900-01", value: (state.get().start ?? session.period?.[1] ?? session.today).slice(0, 7), onchange: () => load(), "data-key": "ranking-month" });
  const body = h("div", { class: "stack" });
  const level = state.get().level;
  const files = h("p", { class: "row" });
  const { dialog } = openDialog(t("ranking"), h("div", { class: "row between" }, h("label", { class: "row" }, h("span", { class: "caption" }, t("month")), month), files), body);

  async function load() {
    if (!month.value || !month.checkValidity()) return; // a year still being typed
    const asked = { month: `${month.value}-01`, level, plan: plan().id };
    try {
      const sheet = await api.get("/incidents/ranking", asked);
      fill(files, links(asked));
      fill(body, showSheet(sheet));
    } catch (error) {
      fill(body, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }

  const links = (asked) => {
    const link = (kind) => h("a", { href: `${api.root}/incidents/ranking.${kind}${query({ ...asked, lang: language() })}`, target: kind === "html" ? "_blank" : null, class: "button", "data-key": `ranking-${kind}` }, t(`ranking_${kind}`));
    return [link("xlsx"), link("html")];
  };

  function showSheet({ rows, least }) {
    // What nobody's file can answer is no column.
    const answered = new Set(session.measures.map((measure) => measure.per));
    const known = [...RATES, ...OTHERS].filter((key) => answered.has(key === "open" ? "resolution" : key));
    const number = (key, name = t(`measure.${key}`)) => ({ key, name, number: true });
    const columns = [{ key: "code", name: level ? levelTitle(session, level) : t("cell"), show: (row) => row.code || t("no_group") }, number("rank"), number("n"), number("n_before"), { ...number("change"), show: (row) => signed(row.change) }, ...known.map((key) => number(key))];
    const table = createTable({ label: t("ranking"), columns, id: (row) => row.code, choose: (code) => (dialog.close(), state.set({ sel: `cell:${code}` })), sorted: { key: known.length ? "rank" : "n", down: !known.length } });
    table.update(rows, null);
    return [h("p", { class: "soft" }, t("ranking_least", { least })), table.element];
  }

  load();
}
