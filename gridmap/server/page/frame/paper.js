// The sheet the browser prints, by its own menu too: title, filters, map, scale, legend, figures.

import { copyMap, scaleOf } from "../map/paper.js";
import { byId, fill, h } from "./dom.js";
import { moment, pair, t } from "./i18n.js";

/** Lay the sheet out whenever something is printed; afterwards it is gone. */
export function listenToPrint(ctx) {
  addEventListener("beforeprint", () => layOut(ctx));
  addEventListener("afterprint", () => fill(byId("printed")));
}

/** What a workspace without words of its own has to say. */
const plain = (ctx) => ({ title: t(document.documentElement.dataset.ready), lines: [pair(t("plan"), ctx.plan()?.name ?? "–")] });

/**
 * Lay the sheet out. ctx.onPaper() answers {title, lines, table}; table is an element or nothing.
 * Returns {lines, legend, map}: what a picture of it is drawn from.
 */
export function layOut(ctx) {
  const { title, lines, table } = (ctx.onPaper ?? (() => plain(ctx)))();
  const map = copyMap(ctx.map);
  const scale = scaleOf(ctx.map);
  const legend = ctx.panels.legend.firstChild?.cloneNode(true);
  if (legend) legend.open = true;
  const head = `${ctx.session.city} – ${title}`;
  const told = [...lines, t("as_of", { when: moment(new Date().toISOString()), zone: ctx.session.zone })];
  const bar = h("span", { class: "scale", style: { width: `${100 * scale.part}%` } }, scale.name);
  fill(byId("printed"), h("h1", {}, head), told.map((line) => h("p", {}, line)), h("figure", {}, map, bar, legend), table);
  return { lines: [head, ...told], legend, map, scale };
}
