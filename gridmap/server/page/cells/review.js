// The changes of a repair, one by one: what was, what would be, why; accept, refuse, next.

import { button, field, fill, h } from "../frame/dom.js";
import { toolbar } from "../frame/groups.js";
import { n, pair, t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";
import { createTable } from "../frame/table.js";
import { createSides } from "./sides.js";

const SIDES = ["before", "after", "both"];
const MARKS = { open: "", accepted: "✓ ", refused: "✗ " };

/** desk: {ctx, plan(), leave(), took(made, source)}. Returns open, close, choose, at, active, element. */
export function createReview(desk) {
  const { ctx } = desk;
  const { api, state } = ctx;
  const element = h("section", { class: "stack", "aria-label": t("cells.review") });
  const card = h("div", { class: "stack", "aria-live": "polite" });
  const list = h("div", { class: "stack" });
  const work = h("div");
  let [source, asked, proposal, sides, side] = [null, null, null, null, "both"];
  let changes = [];
  let chosen = null;
  let table = null;
  let name = null;
  let saving = false;

  /** Begin the review of a proposal; what was decided before of the same one is remembered. */
  function open(from, wishes, made) {
    close();
    [source, asked, proposal, side] = [from, wishes, made, "both"];
    const known = JSON.parse(localStorage.getItem(memory()) ?? "{}");
    changes = [...made.changes].sort((a, b) => b.area_m2 - a.area_m2).map((one, i) => ({ ...one, at: i, name: t(`defect_${one.kind}`), who: one.cells.join(" · "), state: known[one.id] ?? "open" }));
    name = h("input", { value: t("cells.repaired_name", { name: source.name }), maxlength: "200", required: true, "data-key": "repair-name" });
    sides = createSides(ctx.map);
    table = createTable({
      label: t("cells.changes"),
      columns: [
        { key: "name", name: t("defect"), show: (one) => `${MARKS[one.state]}${one.name}` },
        { key: "who", name: t("cells") },
        { key: "area_m2", name: "m²", number: true, show: (one) => (one.area_m2 > 0 ? n(one.area_m2) : "") },
      ],
      id: (one) => one.id,
      choose: (id) => state.set({ sel: `change:${id}` }),
      sorted: { key: "at", down: false },
    });
    fill(element, h("div", { class: "row between" }, h("h2", {}, t("cells.review")), button("×", () => desk.leave(), { "aria-label": t("cells.leave_review"), title: t("cells.leave_review"), "data-key": "leave-review" })), changes.length ? card : h("p", { class: "good" }, t("cells.nothing_to_repair")), list);
    desk.reviewing();
    const wanted = (state.get().sel ?? "").replace("change:", "");
    const first = changes.find((one) => one.id === wanted) ?? changes.find((one) => one.state === "open") ?? changes[0];
    if (first) state.set({ sel: `change:${first.id}` }, { replace: true });
    choose(first?.id);
    element.querySelector("[data-key=accept]")?.focus();
  }

  function close() {
    sides?.remove();
    [source, proposal, sides, chosen, changes] = [null, null, null, null, []];
    fill(card);
    fill(list);
  }

  const memory = () => `repair ${source.path} ${source.version} ${JSON.stringify(asked)}`;
  const remember = () => localStorage.setItem(memory(), JSON.stringify(Object.fromEntries(changes.filter((one) => one.state !== "open").map((one) => [one.id, one.state]))));

  function choose(id) {
    if (!source) return;
    chosen = changes.find((one) => one.id === id) ?? null;
    if (chosen) sides.zoom(chosen);
    draw();
  }

  const go = (by) => changes.length && state.set({ sel: `change:${changes[((chosen?.at ?? -1) + by + changes.length) % changes.length].id}` });

  /** Decide some changes, then go to the next one nobody has decided. */
  function decide(some, what) {
    for (const one of some) one.state = what;
    remember();
    const from = chosen?.at ?? 0;
    const next = [...changes.slice(from + 1), ...changes.slice(0, from)].find((one) => one.state === "open");
    if (next) state.set({ sel: `change:${next.id}` });
    else draw();
  }

  const alike = () => changes.filter((one) => one.kind === chosen.kind && one.reason === chosen.reason);

  function look(wanted) {
    side = wanted;
    sides.look(side);
    draw();
  }

  function draw() {
    const refused = changes.filter((one) => one.state === "refused");
    const open_ = changes.filter((one) => one.state === "open");
    sides.show(changes, proposal, chosen);
    fill(card, chosen && cardOf(chosen));
    fill(
      list,
      h("p", { class: "soft", role: "status" }, t("cells.review_counts", { changes: changes.length, open: open_.length, refused: refused.length })),
      changes.length > 0 && table.element,
      leftOver(refused),
      form(refused.length),
    );
    table.update(changes, chosen?.id ?? null);
  }

  function cardOf(one) {
    const figures = [[t("cells"), one.cells.join(" · ")], one.area_m2 > 0 && [t("cells.moved"), `${n(one.area_m2)} m²`], one.width_m > 0 && [t("cells.width"), `${n(one.width_m)} m`]].filter(Boolean);
    const following = SIDES[(SIDES.indexOf(side) + 1) % SIDES.length];
    const seen = (what) => button(h("span", { class: `key-${what}` }, t(`cells.side_${what}`)), () => look(what), { "aria-pressed": String(side === what), "aria-keyshortcuts": what === following ? "b" : null, title: what === following ? "B" : null, "data-key": `side-${what}` });
    const same = alike();
    return [
      h("h3", {}, t("cells.change_of", { at: one.at + 1, total: changes.length, kind: one.name })),
      h("p", { class: one.state === "refused" ? "soft" : null }, one.message),
      h("dl", { class: "figures" }, figures.map(([word, value]) => [h("dt", {}, word), h("dd", {}, value)])),
      toolbar(h("div", { class: "row" }, SIDES.map(seen)), t("cells.sides")),
      toolbar(h(
        "div",
        { class: "row" },
        button(t("cells.accept"), () => decide([one], "accepted"), { class: "primary", "data-key": "accept", "aria-pressed": String(one.state === "accepted"), title: "A", "aria-keyshortcuts": "a" }),
        button(t("cells.refuse"), () => decide([one], "refused"), { "data-key": "refuse", "aria-pressed": String(one.state === "refused"), title: "R", "aria-keyshortcuts": "r" }),
        button(t("previous_one"), () => go(-1), { "data-key": "previous-change", title: "P", "aria-keyshortcuts": "p" }),
        button(t("next_one"), () => go(1), { "data-key": "next-change", title: "N", "aria-keyshortcuts": "n" }),
      ), t("cells.changes")),
      one.kind === "edge" && h("p", { class: "soft small" }, t("cells.only_vertices")),
      same.length > 1 && toolbar(h("div", { class: "row" }, button(t("cells.accept_alike", { count: same.length }), () => decide(same, "accepted"), { "data-key": "accept-alike" }), button(t("cells.refuse_alike", { count: same.length }), () => decide(same, "refused"), { "data-key": "refuse-alike" })), t("cells.changes")),
    ];
  }

  /** What stays as it is: refused by the reader, or beyond what the repair may do. */
  function leftOver(refused) {
    const rows = [...refused.map((one) => pair(`${one.name} ${one.who}`, t("cells.left_refused"))), ...proposal.left.map((one) => one.message)];
    return rows.length > 0 && h("div", { class: "tight" }, h("h3", {}, t("cells.left", { count: rows.length })), h("ul", { class: "list small" }, rows.map((text) => h("li", {}, text))));
  }

  function form(refused) {
    const save = h("button", { class: "primary", "data-key": "save-repair", disabled: saving }, t(source.draft ? "cells.save_repair" : "cells.save_as_draft", { made: changes.length - refused, refused }));
    const submit = async () => {
      if (saving) return;
      save.disabled = saving = true;
      try {
        await keep();
      } catch (error) {
        if (error.status === 412) await desk.overtaken(error);
        else ctx.notify(error);
      } finally {
        saving = false;
        if (source) draw();
      }
    };
    return h("form", { class: "stack", onsubmit: (event) => (event.preventDefault(), submit()) }, !source.draft && field(t("cells.name"), name), h("div", {}, save), work);
  }

  async function keep() {
    const key = memory();
    const refused = changes.filter((one) => one.state === "refused").map((one) => one.id);
    const body = { ...asked, refused, ...(source.draft ? {} : { name: name.value.trim() }) };
    const made = await follow(ctx, await api.post(`${source.path}/repair`, body, { headers: source.headers() }), work);
    localStorage.removeItem(key);
    await desk.took(made);
  }

  return { element, open, close, choose, at: (point) => sides?.at(point), active: () => Boolean(source) };
}
