// What is shown, as a file: CSV, GeoJSON, PNG, a folium page that needs no network; and on paper.

import { query } from "../frame/api.js";
import { button, byId, fill, h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { n, pair, t } from "../frame/i18n.js";
import { figuresOf } from "./filter.js";
import { columnsOf } from "./twin.js";

const FILES = { csv: "gridmap.csv", geojson: "gridmap.geojson", html: "gridmap.html" };

export function createExport(ctx, picture) {
  const { state, plan, api } = ctx;
  const link = (format) => h("a", { href: `${api.root}/export${query({ ...figuresOf(state.get(), plan().id), kind: state.get().kind, format, lang: document.documentElement.lang.slice(0, 2) })}`, download: FILES[format], class: "button", "data-key": `export-${format}` }, t(`export_${format}`));
  const open = () => {
    const { dialog } = openDialog(
      t("export"),
      h("p", { class: "soft" }, picture.words().map(([name, words]) => pair(name, words)).join(" · ")),
      h("ul", { class: "actions" }, ["csv", "geojson", "html"].map((format) => h("li", {}, link(format))), picture.figures() && [h("li", {}, button(t("export_png"), () => savePng(ctx, picture), { "data-key": "export-png" })), h("li", {}, button(t("print"), () => (dialog.close(), printPicture(ctx, picture)), { "data-key": "export-print" }))]),
    );
  };
  return button(t("export"), open, { "aria-keyshortcuts": "e", "data-key": "export" });
}

/** The map with its title, filters and legend on one canvas. */
async function drawSheet(ctx, picture) {
  const { map, session } = ctx;
  const source = map.getCanvas();
  const scale = source.width / source.clientWidth;
  const figures = picture.figures();
  const legend = [...ctx.panels.legend.querySelectorAll("li")].map((row) => [inkOf(row.querySelector(".swatch")), row.textContent]);
  const lines = [`${session.city} – ${picture.title()}`, picture.words().map(([name, words]) => pair(name, words)).join(" · "), totalsText(figures.totals), ctx.panels.legend.querySelector(".soft")?.textContent ?? ""];
  const canvas = document.createElement("canvas");
  const head = 24 * lines.length + 16;
  [canvas.width, canvas.height] = [source.width, source.height + head * scale];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, head * scale);
  pen.scale(scale, scale);
  pen.fillStyle = "#000";
  lines.forEach((line, index) => {
    pen.font = `${index ? "" : "bold "}14px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif`;
    pen.fillText(line, 12, 24 * (index + 1));
  });
  drawLegendBox(pen, legend, head + source.clientHeight);
  return canvas;
}

/** The colour a swatch stands for: of places that of the sign, else that of the area. */
const inkOf = (swatch) => getComputedStyle(swatch)[swatch.className.includes("of-") ? "color" : "backgroundColor"];

function drawLegendBox(pen, rows, bottom) {
  if (!rows.length) return;
  const top = bottom - rows.length * 18 - 36;
  pen.font = '12px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif';
  const wide = 44 + Math.max(...rows.map(([, text]) => pen.measureText(text).width));
  pen.fillStyle = "#fff";
  pen.fillRect(8, top, wide, rows.length * 18 + 12);
  rows.forEach(([colour, text], index) => {
    pen.fillStyle = colour;
    pen.fillRect(14, top + 8 + index * 18, 18, 12);
    pen.strokeRect(14, top + 8 + index * 18, 18, 12);
    pen.fillStyle = "#000";
    pen.fillText(text, 38, top + 18 + index * 18);
  });
}

const totalsText = (totals) => `${t("placed")} ${n(totals.placed)} · ${t("unplaced")} ${n(totals.unplaced)} · ${t("total")} ${n(totals.total)}`;

async function savePng(ctx, picture) {
  const canvas = await drawSheet(ctx, picture);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  const link = h("a", { href: URL.createObjectURL(blob), download: "gridmap.png" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function printPicture(ctx, picture) {
  const canvas = await drawSheet(ctx, picture);
  const figures = picture.figures();
  const columns = columnsOf(ctx, figures, ctx.state.get());
  const by = columns.findLast((column) => column.number).key;
  const sorted = [...figures.rows].sort((a, b) => (b[by] ?? -Infinity) - (a[by] ?? -Infinity));
  const text = (column, row) => (column.show ? column.show(row) : n(row[column.key]));
  const image = h("img", { src: canvas.toDataURL("image/png"), alt: picture.title() });
  fill(byId("printed"), image, h("table", {}, h("thead", {}, h("tr", {}, columns.map((column) => h("th", {}, column.name)))), h("tbody", {}, sorted.map((row) => h("tr", {}, columns.map((column) => h("td", {}, text(column, row))))))));
  await image.decode();
  print();
}
