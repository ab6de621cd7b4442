// A list of incidents, and the dialogs that show one: unplaced, new since the last visit.

import { h } from "../frame/dom.js";
import { openDialog } from "../frame/dialog.js";
import { stamp, t } from "../frame/i18n.js";
import { createTable } from "../frame/table.js";
import { orderIn } from "./order.js";

/** List incidents in a dialog; a choice closes it and chooses the incident. */
export function listIncidents({ state }, title, { incidents, total }, about, ...columns) {
  const made = [{ key: "id", name: t("number") }, { key: "when", name: t("when"), whole: true, show: (row) => stamp(row.when, row.day_only) }, { key: "category", name: t("category") }, { key: "address", name: t("address") }, ...columns];
  const table = createTable({
    label: title,
    columns: made,
    id: (row) => String(row.id),
    choose: (id) => (opened.dialog.close(), state.set({ sel: `incident:${id}` })),
    ...orderIn(state, "order", made, { key: "when", down: true }),
  });
  table.element.classList.add("cards");
  table.update(incidents, null);
  const rest = total > incidents.length && h("p", { class: "warn" }, t("shown_of", { shown: incidents.length, total }));
  const opened = openDialog(title, about, rest, table.element);
  opened.dialog.classList.add("broad");
  return opened;
}
