// The monthly ranking with its rates, and the alarms of the month.

import { button, fill, h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { levelTitle } from "../frame/header.js";
import { language, t } from "../frame/i18n.js";
import { query } from "../frame/api.js";
import { createTable } from "../frame/table.js";

const RATES = ["response", "resolution", "on_time", "satisfaction"];
const OTHERS = ["median_hours", "open", "overdue"];

export function createRanking(ctx) {
  return button(t("ranking"), () => openRanking(ctx), { "data-key": "ranking" });
}

function openRanking(ctx) {
  const { api, state, session, plan } = ctx;
  const month = h("input", { type: "month", value: (state.get().start ?? session.period?.[1] ?? session.today).slice(0, 7), onchange: () => load(), "data-key": "ranking-month" });
  const body = h("div", { class: "stack" });
  const level = state.get().level;
  const { dialog } = openDialog(t("ranking"), h("div", { class: "stack" }, h("label", { class: "field" }, h("span", { class: "caption" }, t("month")), month), body));

  async function load() {
    if (!month.value) return;
    const asked = { month: `${month.value}-01`, level, plan: plan().id };
    try {
      const [sheet, alarms] = await Promise.all([api.get("/incidents/ranking", asked), api.get("/incidents/alarms", asked).catch((error) => error)]);
      fill(body, links(asked), showAlarms(alarms), showSheet(sheet));
    } catch (error) {
      fill(body, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }

  const links = (asked) => {
    const link = (kind) => h("a", { href: `${api.root}/incidents/ranking.${kind}${query({ ...asked, lang: language() })}`, target: kind === "html" ? "_blank" : null, "data-key": `ranking-${kind}` }, t(`ranking_${kind}`));
    return h("p", { class: "row" }, link("xlsx"), link("html"));
  };

  function showSheet({ rows, least }) {
    // What nobody's file can answer is no column.
    const answered = new Set(session.measures.map((measure) => measure.per));
    const known = [...RATES, ...OTHERS].filter((key) => answered.has(key === "open" ? "resolution" : key));
    const number = (key, name = t(`measure.${key}`)) => ({ key, name, number: true });
    const columns = [{ key: "code", name: level ? levelTitle(session, level) : t("cell"), show: (row) => row.code || t("no_group") }, number("rank"), number("n"), number("n_before"), number("change"), ...known.map((key) => number(key))];
    const table = createTable({ label: t("ranking"), columns, id: (row) => row.code, choose: (code) => (dialog.close(), state.set({ sel: `cell:${code}` })), sorted: { key: known.length ? "rank" : "n", down: !known.length } });
    table.update(rows, null);
    return [h("p", { class: "soft" }, t("ranking_least", { least })), table.element];
  }

  function showAlarms(found) {
    if (found instanceof Error) return h("p", { class: "soft" }, found.message);
    const about = t("alarms_about", { units: found.units, expected: found.false_expected });
    if (!found.rows.length) return h("p", { class: "soft" }, `${t("alarms_none")} ${about}`);
    const rows = found.rows.map((row) => h("li", {}, t("alarm", { code: row.code || t("no_group"), n: row.n, expected: row.expected })));
    return h("div", { class: "warn" }, h("strong", {}, t("alarms", { count: rows.length })), h("ul", {}, rows), h("p", { class: "small" }, about));
  }

  load();
}
