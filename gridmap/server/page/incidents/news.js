// What came in since this browser last looked.

import { button, fill, h } from "../frame/dom.js";
import { moment, n, t } from "../frame/i18n.js";
import { once } from "../frame/work.js";
import { listIncidents } from "./list.js";

const KEY = "seen";
const MOST = 1000;

export function createNews(ctx) {
  const element = h("div");

  async function load() {
    const last = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const news = await ctx.api.get("/news", { after: last?.newest ?? 0 }, { signal: ctx.signal });
    // A store that was made anew counts from 1 again.
    if (!last || last.newest > news.newest) return remember(news);
    if (news.total) fill(element, button(t("news", { count: news.total, since: moment(last.at) }), () => show(last).catch(ctx.notify), { class: "plain", "data-key": "news" }));
  }

  const show = once(async (last) => {
    const news = await ctx.api.get("/news", { after: last.newest, limit: MOST }, { signal: ctx.signal });
    const { closed } = listIncidents(ctx, t("news_title"), news, h("p", { class: "soft" }, n(news.total)));
    remember(news);
    fill(element);
    closed.then(() => ctx.state.set({ order: "" }, { replace: true }));
  });

  const remember = (news) => localStorage.setItem(KEY, JSON.stringify({ newest: news.newest, at: new Date().toISOString() }));
  return { element, load };
}
