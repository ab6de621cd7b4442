// What is shown, as a file: CSV, GeoJSON, PNG, a folium page that needs no network; and on paper.

import { query } from "../frame/api.js";
import { button, byId, fill, h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { n, pair, t } from "../frame/i18n.js";
import { layOut } from "../frame/paper.js";
import { figuresOf, told } from "./filter.js";
import { columnsOf } from "./twin.js";

const FILES = { csv: "gridmap.csv", geojson: "gridmap.geojson", html: "gridmap.html" };

export function createExport(ctx, picture) {
  const { state, plan, api } = ctx;
  const link = (format) => h("a", { href: `${api.root}/export${query({ ...figuresOf(state.get(), plan().id), kind: state.get().kind, format, lang: document.documentElement.lang.slice(0, 2) })}`, download: FILES[format], class: "button", "data-key": `export-${format}` }, t(`export_${format}`));
  const open = () => {
    const { dialog } = openDialog(
      t("export"),
      h("p", { class: "soft" }, picture.words().map(([name, words]) => pair(name, words)).join(" · ")),
      h("ul", { class: "actions" }, ["csv", "geojson", "html"].map((format) => h("li", {}, link(format))), picture.figures() && [h("li", {}, button(t("export_png"), () => savePng(ctx).catch(ctx.notify), { "data-key": "export-png" })), h("li", {}, button(t("print"), () => (dialog.close(), print()), { "data-key": "export-print" }))]),
    );
  };
  return button(t("export"), open, { "aria-keyshortcuts": "e", "data-key": "export" });
}

const totalsText = (totals) => `${t("placed")} ${n(totals.placed)} · ${t("unplaced")} ${n(totals.unplaced)} · ${t("total")} ${n(totals.total)}`;

/** What a sheet says beside the map: filters, totals, and the figures as a table. */
export function paperOf(ctx, picture) {
  const filters = picture.words().map(([name, words]) => pair(name, words)).join(" · ");
  const figures = picture.figures();
  if (!figures) return { title: picture.title(), lines: [filters] };
  const { totals, totals2 } = figures;
  const counted = totals2 ? [pair(t("period_a"), totalsText(totals)), pair(t("period_b"), totalsText(totals2))] : [totalsText(totals)];
  return { title: picture.title(), lines: [filters, ...counted], table: tableOf(ctx, figures) };
}

function tableOf(ctx, figures) {
  const columns = columnsOf(ctx, figures, ctx.state.get());
  const by = columns.findLast((column) => column.number).key;
  const sorted = told(figures).sort((a, b) => (b[by] ?? -Infinity) - (a[by] ?? -Infinity));
  const text = (column, row) => (column.show ? column.show(row) : column.number ? n(row[column.key]) : row[column.key]);
  const cell = (tag, column, words) => h(tag, { class: column.number && "number" }, words);
  const line = (row) => h("tr", {}, columns.map((column) => cell("td", column, text(column, row))));
  const table = h("table", {}, h("thead", {}, h("tr", {}, columns.map((column) => cell("th", column, column.name)))), h("tbody", {}, sorted.map(line)));
  return h("div", { class: columns.length < 4 ? "abreast" : null }, table);
}

const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const LINE = 20;

/** The sheet but for its table as one picture: lines above, the map, scale and legend below. */
async function savePng(ctx) {
  const { lines, legend, map, scale } = layOut(ctx);
  const entries = legend ? [...legend.querySelectorAll("p, li")].map((row) => [row.querySelector(".swatch"), row.textContent]) : [];
  const wide = map.width / 2;
  const head = LINE * (lines.length + 1);
  const canvas = h("canvas", { width: map.width, height: map.height + 2 * (head + LINE * (entries.length + 2)) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(map, 0, 2 * head);
  pen.scale(2, 2);
  pen.fillStyle = "#000";
  const write = (text, x, y, weight = "") => ((pen.font = `${weight} 13px ${FONT}`), pen.fillText(text, x, y, wide - x));
  lines.forEach((line, index) => write(line, 8, LINE * (index + 1), index ? "" : "bold"));
  const below = head + map.height / 2;
  pen.fillRect(8, below + 8, wide * scale.part, 2);
  write(scale.name, 16 + wide * scale.part, below + 14);
  entries.forEach(([swatch, text], index) => {
    const at = below + LINE * (index + 2);
    if (swatch) drawSwatch(pen, swatch, at - 10);
    write(text, swatch ? 36 : 8, at);
  });
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  const link = h("a", { href: URL.createObjectURL(blob), download: "gridmap.png" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  fill(byId("printed"));
}

/** A swatch of the legend: hatched for too few, a thick edge for what is sure, else its colour. */
function drawSwatch(pen, swatch, top) {
  const style = getComputedStyle(swatch);
  const ink = pen.fillStyle;
  const has = (name) => swatch.classList.contains(name);
  pen.fillStyle = style[swatch.className.includes("of-") ? "color" : "backgroundColor"];
  pen.fillRect(8, top, 20, 12);
  pen.fillStyle = ink;
  pen.lineWidth = has("sure") ? 2 : 0.5;
  pen.strokeRect(8, top, 20, 12);
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = 8; has("few") && x < 28; x += 5) {
    pen.moveTo(x, top + 12);
    pen.lineTo(Math.min(28, x + 12), top + Math.max(0, x - 16));
  }
  pen.stroke();
}
