// Bring in a file of incidents: its first rows, what the columns mean, what is wrong, then import.

import { button, fill, h, select, settled } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { n, t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";

const FIELDS = ["when", "time", "x", "y", "address", "category", "kind", "source", "status", "id", "due", "closed", "satisfied"];
const DATUMS = ["EPSG:4326", "gcj02", "bd09", "EPSG:4490"];
const DATUM_NAMES = { "EPSG:4326": "datum_wgs84", gcj02: "datum_gcj02", bd09: "datum_bd09", "EPSG:4490": "datum_cgcs2000" };
const FAULTS = 20;

export function createImport(ctx) {
  return ctx.session.can.includes("report") ? button(t("import"), () => openWizard(ctx), { "data-key": "import" }) : null;
}

function openWizard(ctx) {
  let mapping = null;
  let feed = "";
  let round = 0;
  const status = h("div");
  const body = h("div", { class: "stack" });
  const file = h("input", { type: "file", accept: ".csv,.gz,.xlsx,.parquet,.geojson,.json,.xml,.gpkg", onchange: () => ((mapping = null), (feed = ""), look()), "data-key": "file" });
  const chooser = h("label", { class: "field" }, h("span", { class: "caption" }, t("import_file")), file);
  const { dialog } = openDialog(t("import"), h("div", { class: "stack" }, h("p", { class: "soft" }, t("import_about")), chooser, status, body));

  const form = () => {
    const data = new FormData();
    data.append("kind", "incidents");
    data.append("file", file.files[0]);
    if (mapping) data.append("mapping", JSON.stringify(mapping));
    if (mapping) data.append("crs", mapping.crs);
    data.append("feed", feed);
    return data;
  };

  async function look() {
    if (!file.files.length) return;
    const mine = ++round;
    try {
      const found = await follow(ctx, await ctx.api.post("/imports/look", form()), status);
      if (mine !== round) return;
      mapping = found.mapping;
      feed = found.feed;
      show(found);
    } catch (error) {
      fill(status, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }
  const again = settled(look, 200);

  function show(found) {
    fill(body, showCounts(found), showFeed(found), showFields(found), showRows(found), showNotices(found), showFaults(found), h("div", { class: "row" }, button(t("import_now", { count: found.rows - found.rejected }), send, { class: "primary", "data-key": "import-now" }), button(t("cancel"), () => dialog.close())));
  }

  function showFields({ columns }) {
    const pairs = [["", "–"], ...columns.map((name) => [name, name])];
    const change = (field) => (column) => {
      mapping = { ...mapping, [field]: field === "address" ? [column].filter(Boolean) : column };
      // what is imported is what was seen: wait for the look at the new meaning
      round += 1;
      body.querySelector("[data-key=import-now]").disabled = true;
      again();
    };
    const chosen = (field) => (field === "address" ? (mapping.address[0] ?? "") : mapping[field]);
    const labelled = (field) => h("label", { class: "field" }, h("span", { class: "caption" }, t(`field_${field}`)), select(pairs, chosen(field), change(field), { "data-key": `field-${field}` }));
    const datums = [...new Set([...DATUMS, mapping.crs])].map((name) => [name, DATUM_NAMES[name] ? t(DATUM_NAMES[name]) : name]);
    const datum = h("label", { class: "field" }, h("span", { class: "caption" }, t("field_crs")), select(datums, mapping.crs, change("crs"), { "data-key": "field-crs" }));
    return h("fieldset", { class: "tight" }, h("legend", {}, t("import_fields")), h("div", { class: "fields three" }, FIELDS.map(labelled), datum));
  }

  function showFeed({ known }) {
    const name = h("input", { value: feed, maxlength: "200", onchange: () => (feed = name.value), "data-key": "feed" });
    return h("label", { class: "field" }, h("span", { class: "caption" }, t(known ? "feed_known" : "feed_new")), name);
  }

  async function send(event) {
    event.target.disabled = true;
    try {
      const result = await follow(ctx, await ctx.api.post("/imports", form()), status);
      fill(body, h("p", { class: "good", role: "status" }, t("import_done", result)), showHeldBack(result), list(result.notices), button(t("close"), () => dialog.close(), { class: "primary" }));
      await ctx.reload();
    } catch (error) {
      event.target.disabled = false;
      fill(status, h("p", { class: "bad", role: "alert" }, error.message));
    }
  }
}

function showCounts({ totals, rows, rejected }) {
  const held = rejected > 0 && h("p", { class: "warn" }, t("import_rejected", { count: rejected, total: rows }));
  if (!totals) return held || null;
  const reasons = Object.entries(totals.reasons).map(([reason, count]) => `${t(`reason_${reason}`)} ${n(count)}`);
  const line = h("strong", {}, `${t("placed")} ${n(totals.placed)} · ${t("unplaced")} ${n(totals.unplaced)} · ${t("total")} ${n(totals.total)}`);
  return [h("p", {}, line, reasons.length > 0 && h("span", { class: "soft" }, ` (${reasons.join(t("comma"))})`)), held];
}

/** Rows held back, as a file to be put right and sent again. */
function showHeldBack({ rejected, rejected_csv: rows }) {
  if (!rejected) return null;
  const link = h("a", { href: URL.createObjectURL(new Blob(["\ufeff", rows], { type: "text/csv" })), download: "held-back.csv" }, t("import_held_back", { count: rejected }));
  return h("p", { class: "warn" }, link);
}

function showRows({ columns, first, personal }) {
  const dropped = Object.keys(personal);
  const heads = columns.map((name) => h("th", { scope: "col" }, name));
  const lines = first.map((row) => h("tr", {}, row.map((value) => h("td", {}, value))));
  return h("div", { class: "tight" }, h("h3", {}, t("import_first")), wide(t("import_first"), heads, lines), dropped.length > 0 && h("p", { class: "warn" }, t("import_personal", { columns: dropped.join(t("comma")) })));
}

/** A table that may be wider than its place; the keyboard can scroll it. */
const wide = (label, heads, lines) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: "small" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, lines)));

const list = (texts) => texts.length > 0 && h("ul", { class: "tight" }, texts.map((text) => h("li", { class: "warn" }, text)));
const showNotices = ({ notices }) => list(notices);

function showFaults({ faults }) {
  if (!faults.length) return null;
  const lines = faults.slice(0, FAULTS).map((one) => h("tr", {}, [n(one.row), one.column, one.value, one.why].map((value) => h("td", {}, value))));
  const heads = ["import_row", "import_column", "import_value", "reason"].map((key) => h("th", { scope: "col" }, t(key)));
  const title = t("import_faults", { count: faults.length });
  return h("details", { open: true }, h("summary", {}, title), wide(title, heads, lines));
}
