// Bring in a file of incidents: its first rows, what the columns mean, what is wrong, then import.

import { button, fill, h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { n, t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";
import { settled } from "../frame/work.js";
import { listPutRight } from "./addresses.js";
import { showFields } from "./fields.js";

const FAULTS = 20;
const ROWS = 8;

export function createImport(ctx) {
  return ctx.session.can.includes("report") ? button(t("import"), () => openWizard(ctx), { "aria-keyshortcuts": "i", "data-key": "import" }) : null;
}

function openWizard(ctx) {
  let mapping = null;
  let feed = "";
  /** What is being written into fields of which the file's own are drawn again meanwhile. */
  let typed = {};
  let round = 0;
  let act = null;
  const status = h("div");
  const body = h("div", { class: "stack" });
  const file = h("input", { type: "file", accept: ".csv,.gz,.xlsx,.parquet,.geojson,.json,.xml,.gpkg", onchange: () => begin(), "data-key": "file" });
  const chooser = h("label", { class: "field" }, h("span", { class: "caption" }, t("import_file")), file);
  const { dialog } = openDialog(t("import"), h("div", { class: "stack" }, h("p", { class: "soft" }, t("import_about")), chooser, status, body, listPutRight(ctx)));

  const form = () => {
    const data = new FormData();
    data.append("kind", "incidents");
    data.append("file", file.files[0]);
    if (mapping) data.append("mapping", JSON.stringify(mapping));
    if (mapping) data.append("crs", mapping.crs);
    data.append("feed", feed);
    return data;
  };

  /** Another file: nothing that was said of the one before holds. */
  function begin() {
    [mapping, feed, typed] = [null, "", {}];
    round += 1;
    fill(status);
    fill(body);
    look();
  }

  async function look() {
    if (!file.files.length) return;
    const mine = ++round;
    const named = feed;
    try {
      const found = await follow(ctx, await ctx.api.post("/imports/look", form()), status);
      if (mine !== round) return;
      mapping = found.mapping;
      if (feed === named) feed = found.feed;
      show(found);
    } catch (error) {
      if (mine === round) fill(status, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }
  const again = settled(look, 200);

  function show(found) {
    act = button(t("import_now", { count: found.rows - found.rejected }), send, { class: "primary", disabled: typed.crs !== undefined, "data-key": "import-now" });
    fill(body, showCounts(found), list(found.notices.filter((one) => !one.field)), showFeed(found), showFields(ctx, found, mapping, typed, { change, hold }), showFaults(found), showRows(found), h("div", { class: "row" }, act, button(t("cancel"), () => dialog.close())));
  }

  /** What is imported is what was seen: wait for the look at the new meaning. */
  function hold() {
    round += 1;
    act.disabled = true;
  }

  function change(values) {
    mapping = { ...mapping, ...values };
    hold();
    again();
  }

  function showFeed({ known }) {
    const name = h("input", { value: feed, maxlength: "200", oninput: () => (feed = name.value), "data-key": "feed" });
    return h("label", { class: "field" }, h("span", { class: "caption" }, t(known ? "feed_known" : "feed_new")), name);
  }

  async function send() {
    sending(true);
    try {
      const result = await follow(ctx, await ctx.api.post("/imports", form()), status);
      const close = button(t("close"), () => dialog.close(), { class: "primary" });
      fill(body, h("p", { class: "good", role: "status" }, t("import_done", result)), showHeldBack(result), list(result.notices), close);
      sending(false, close);
      await ctx.reload();
    } catch (error) {
      sending(false, act);
      fill(status, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }

  /** While rows are taken in nothing can be changed that would not hold for them. */
  function sending(now, next) {
    file.disabled = body.inert = act.disabled = now;
    next?.focus();
  }
}

function showCounts({ totals, rows, rejected, found }) {
  const held = rejected > 0 && h("p", { class: "warn" }, t("import_rejected", { count: rejected, total: rows }));
  if (!totals) return held || null;
  const reasons = Object.entries(totals.reasons).map(([reason, count]) => `${t(`reason_${reason}`)} ${n(count)}`);
  const line = h("strong", {}, `${t("placed")} ${n(totals.placed)} · ${t("unplaced")} ${n(totals.unplaced)} · ${t("total")} ${n(totals.total)}`);
  const levels = Object.entries(found).map(([match, count]) => `${t(`match_${match}`)} ${n(count)}`);
  const byAddress = levels.length > 0 && h("p", { "data-key": "found" }, `${t("found_by_address")}: ${levels.join(t("comma"))}`);
  return [h("p", {}, line, reasons.length > 0 && h("span", { class: "soft" }, ` (${reasons.join(t("comma"))})`)), byAddress || null, held];
}

/** Rows held back, as a file to be put right and sent again. */
function showHeldBack({ rejected, rejected_csv: rows }) {
  if (!rejected) return null;
  const link = h("a", { href: URL.createObjectURL(new Blob(["\ufeff", rows], { type: "text/csv" })), download: "held-back.csv" }, t("import_held_back", { count: rejected }));
  return h("p", { class: "warn" }, link);
}

function showRows({ columns, first }) {
  const heads = columns.map((name) => h("th", { scope: "col" }, name));
  const lines = first.slice(0, ROWS).map((row) => h("tr", {}, row.map((value) => h("td", {}, value))));
  return h("div", { class: "tight" }, h("h3", {}, t("import_first")), wide(t("import_first"), heads, lines));
}

/** A table that may be wider than its place; the keyboard can scroll it. */
const wide = (label, heads, lines) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: "small" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, lines)));

const list = (notices) => notices.length > 0 && h("ul", { class: "tight" }, notices.map(({ text, grave }) => h("li", { class: grave ? "warn grave" : "warn" }, text)));

function showFaults({ faults }) {
  if (!faults.length) return null;
  const lines = faults.slice(0, FAULTS).map((one) => h("tr", {}, [n(one.row), one.column, one.value, one.why].map((value) => h("td", {}, value))));
  const heads = ["import_row", "import_column", "import_value", "reason"].map((key) => h("th", { scope: "col" }, t(key)));
  const title = t("import_faults", { count: faults.length });
  return h("details", { open: true }, h("summary", {}, title), wide(title, heads, lines));
}
