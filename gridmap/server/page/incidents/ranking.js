// The monthly ranking with its rates, to be handed over as a spreadsheet or on paper.

import { button, fill, h, select } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { levelTitle } from "../frame/header.js";
import { language, n, signed, t } from "../frame/i18n.js";
import { query } from "../frame/api.js";
import { createTable } from "../frame/table.js";
import { orderIn } from "./order.js";

const RATES = ["response", "resolution", "on_time", "satisfaction"];
const WHOLE = new Set(["rank", "n", "n_before", "open", "overdue"]);

/** {button, follow()}: follow opens or closes the ranking as the address says. */
export function createRanking(ctx) {
  let opened = null;
  const open = () => {
    if (opened) return;
    opened = openRanking(ctx);
    opened.closed.then(() => (opened = null));
    opened.load();
  };
  const follow = () => (ctx.state.get().ranking ? open() : opened?.dialog.close());
  return { button: button(t("ranking"), open, { "aria-keyshortcuts": "r", "data-key": "ranking" }), follow };
}

function openRanking(ctx) {
  const { api, state, session, plan } = ctx;
  const month = h("input", { type: "month", min: "1900-01", value: (state.get().ranking ?? state.get().start ?? session.period?.[1] ?? session.today).slice(0, 7), onchange: () => load(), "data-key": "ranking-month" });
  const body = h("div", { class: "stack" });
  let asking = new AbortController();
  const level = state.get().level;
  const files = h("p", { class: "row" });
  // What nobody's file can answer is no column, and ranks nobody.
  const answered = new Set(session.measures.map((measure) => measure.per));
  const rates = RATES.filter((rate) => answered.has(rate));
  const by = select(rates.map((rate) => [rate, t(`per_${rate}`)]), [state.get().by, "resolution", rates[0]].find((rate) => rates.includes(rate)), () => load(), { "data-key": "ranking-by" });
  const labelled = (text, control) => h("label", { class: "row" }, h("span", { class: "caption" }, text), control);
  const controls = h("div", { class: "row" }, labelled(t("month"), month), rates.length > 0 && labelled(t("incidents.rank_by"), by));
  const { dialog, closed } = openDialog(t("ranking"), h("div", { class: "row between" }, controls, files), body);
  dialog.classList.add("broad");
  const keep = (ranking, rate) => state.set({ ranking, by: rate }, { replace: true }); // a link opens it again
  closed.then(() => state.set({ ranking: "", by: "", order: "" }, { replace: true }));

  async function load() {
    if (!month.value || !month.checkValidity()) return; // a year still being typed
    const asked = { month: `${month.value}-01`, level, plan: plan().id, by: by.value };
    keep(month.value, by.value);
    asking.abort();
    asking = new AbortController(); // of months typed quickly the last one counts
    try {
      const sheet = await api.get("/incidents/ranking", asked, { signal: asking.signal });
      fill(files, links(asked));
      fill(body, showSheet(sheet));
    } catch (error) {
      if (error.name === "AbortError") return;
      fill(files);
      fill(body, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }

  const links = (asked) => {
    const link = (kind) => h("a", { href: `${api.root}/incidents/ranking.${kind}${query({ ...asked, lang: language() })}`, target: kind === "html" ? "_blank" : null, class: "button", "data-key": `ranking-${kind}` }, t(`ranking_${kind}`));
    return [link("xlsx"), link("html")];
  };

  function showSheet({ rows, columns: known, by: ranks, notes }) {
    const words = { change: (row) => (row.change === null ? t("too_few") : signed(row.change, 1)), sure: (row) => (row.change === null ? "–" : t(`sure_${row.sure || "no"}`)) };
    const column = (key) => ({ key, name: t(`measure.${key}`), number: key !== "sure", whole: true, show: words[key] ?? (WHOLE.has(key) ? undefined : (row) => n(row[key], 1)) });
    const unit = { key: "code", name: level ? levelTitle(session, level) : t("cell"), show: (row) => row.code || t("no_group") };
    const made = [unit, ...known.map(column)];
    const table = createTable({ label: t("ranking"), columns: made, id: (row) => row.code, choose: (code) => (dialog.close(), state.set({ sel: `cell:${code}` })), ...orderIn(state, "order", made, { key: ranks ? "rank" : "n", down: !ranks }) });
    table.update(rows, null);
    return [notes.map((note) => h("p", { class: "soft" }, note)), table.element];
  }

  return { dialog, closed, load };
}
