// Who answers for a cell: roles with a duty contact, its own and those of the groups it lies in.

import { button, fill, h } from "../frame/dom.js";
import { levelTitle } from "../frame/header.js";
import { pair, t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";
import { once } from "../frame/work.js";

const MOST = 12;

/** duties: the unit's own first, then its groups'; null for a unit the plan does not have. */
export function createDuties(ctx, unit, level, duties) {
  if (!duties) return null;
  const { session } = ctx;
  const body = h("div", { class: "tight" });
  const may = session.can.includes("plan");
  const named = (one) => (one.level ? `${levelTitle(session, one.level)} ${one.unit}` : `${t("cell")} ${one.unit}`);

  function show() {
    delete body.dataset.editing;
    const given = duties.filter((one) => one.roles.length);
    const change = may && button(t("incidents.duties_change"), edit, { class: "plain", "data-key": "duties-change" });
    fill(
      body,
      h("div", { class: "row between" }, h("h3", {}, t("incidents.duties")), change),
      given.length ? h("ul", { class: "tight" }, given.map((one) => h("li", {}, h("span", { class: "soft small" }, named(one)), h("dl", { class: "figures wordy" }, one.roles.map((role) => [h("dt", {}, role.role), h("dd", {}, role.contact || "–")]))))) : h("p", { class: "soft small" }, t("incidents.duties_none")),
    );
  }

  function edit() {
    const own = duties[0];
    const rows = h("div", { class: "tight" });
    const add = ({ role = "", contact = "" } = {}) => {
      const made = h(
        "div",
        { class: "duty" },
        h("input", { name: "role", value: role, maxlength: "60", placeholder: t("incidents.duty_role"), "aria-label": t("incidents.duty_role") }),
        h("input", { name: "contact", value: contact, maxlength: "100", placeholder: t("incidents.duty_contact"), "aria-label": t("incidents.duty_contact") }),
        button("×", () => made.remove(), { class: "icon", "aria-label": t("incidents.duty_remove") }),
      );
      rows.append(made);
    };
    for (const role of own.roles) add(role);
    add();
    const more = button(t("incidents.duty_add"), () => rows.children.length < MOST && (add(), rows.lastChild.firstChild.focus()), { class: "plain", "data-key": "duty-add" });
    const send = (event) => (event.preventDefault(), save(own, rows).catch(ctx.notify));
    const form = h("form", { class: "stack", onsubmit: send }, h("p", { class: "soft small" }, t("incidents.duties_about")), rows, h("div", { class: "row" }, more, sheet()), h("div", { class: "row" }, h("button", { class: "primary", "data-key": "duties-save" }, t("incidents.duties_save")), button(t("cancel"), show, { "data-key": "duties-cancel" })));
    fill(body, h("h3", {}, pair(t("incidents.duties"), named(own))), form);
    body.dataset.editing = ""; // stays as it is while the figures around it are brought up to date
    rows.querySelector("input").focus();
  }

  const save = once(async (own, rows) => {
    const roles = [...rows.children].map((row) => ({ role: row.children[0].value.trim(), contact: row.children[1].value.trim() })).filter((one) => one.role || one.contact);
    const answer = await ctx.api.send("PUT", "/duties", { body: { level: own.level, unit: own.unit, roles }, headers: { "If-Match": `"${own.version}"` } });
    duties[0] = await answer.json();
    ctx.speak(t("saved"));
    show();
    body.querySelector("[data-key=duties-change]")?.focus();
  });

  /** A table for the whole city at once. */
  function sheet() {
    const work = h("div", { "aria-live": "polite" });
    const file = h("input", { type: "file", class: "quiet", accept: ".csv,.xlsx", tabindex: "-1", "aria-label": t("incidents.duties_file"), onchange: () => file.files.length && take(file.files[0], work).catch(ctx.notify) });
    return [button(t("incidents.duties_file"), () => file.click(), { class: "plain", "data-key": "duties-file" }), file, work];
  }

  async function take(file, work) {
    const form = new FormData();
    form.append("file", file);
    const { units } = await follow(ctx, await ctx.api.post("/duties/file", form), work);
    duties = await ctx.api.get("/duties", { plan: ctx.plan().id, level, unit });
    show();
    body.append(h("p", { class: "soft small", role: "status" }, t("incidents.duties_taken", { count: units })));
  }

  show();
  return body;
}
