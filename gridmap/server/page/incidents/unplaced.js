// The incidents no cell holds, with the reason of each: a list the address can ask for.

import { h } from "../frame/dom.js";
import { n, pair, t } from "../frame/i18n.js";
import { filterOf } from "./filter.js";
import { listIncidents } from "./list.js";

const PAGE = 1000;
/** Incidents a list shows at most; it says so. */
const MOST = 10_000;

/** figures() answers what is shown. Returns follow(): open or close the list as the address says. */
export function createUnplaced(ctx, figures) {
  const { api, state, plan, signal } = ctx;
  let asked = null;
  let opened = null;

  const wanted = () => state.get().unplaced;

  async function fetchAll(second) {
    const { start2, end2 } = state.get();
    const question = { ...filterOf(state.get()), ...(second && { start: start2, end: end2 }), plan: plan()?.id, limit: PAGE };
    const answer = await api.get("/incidents/unplaced", question, { signal });
    for (let offset = PAGE; offset < Math.min(answer.total, MOST); offset += PAGE) {
      answer.incidents.push(...(await api.get("/incidents/unplaced", { ...question, offset }, { signal })).incidents);
    }
    return answer;
  }

  async function open(which) {
    const { totals, totals2 } = figures();
    const { reasons } = (which === "b" && totals2) || totals;
    const answer = await fetchAll(which === "b");
    if (wanted() !== which || signal.aborted) return; // gone back meanwhile
    const incidents = answer.incidents.map((one) => ({ ...one, why: t(`reason_${one.reason}`) }));
    const about = Object.entries(reasons).map(([reason, count]) => h("li", {}, pair(t(`reason_${reason}`), n(count))));
    const mine = (opened = listIncidents(ctx, t("unplaced_list"), { incidents, total: answer.total }, h("ul", {}, about), { key: "why", name: t("reason") }));
    await mine.closed;
    if (opened === mine) opened = null;
    if (wanted() === which) state.set({ unplaced: "", order: "" }, { replace: true });
  }

  return async function follow() {
    const which = wanted();
    if (which === asked) return;
    asked = which;
    opened?.dialog.close();
    if (!which || !figures()) return;
    try {
      await open(which);
    } catch (error) {
      state.set({ unplaced: "" }, { replace: true });
      ctx.notify(error);
    }
  };
}
