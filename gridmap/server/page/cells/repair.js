// A layer somebody sent, or a draft with defects: how it is to be repaired, then the review.

import { field, h, select } from "../frame/dom.js";
import { t } from "../frame/i18n.js";
import { follow } from "../frame/jobs.js";

const PREFER = ["longest-border", "largest", "smallest", "first"];

/**
 * The offer to repair a source {path, name, draft, headers()}; null if the reader may not plan.
 *
 * desk: {ctx, review}. The settings are kept in the address, so that a reload comes back to the
 * review.
 */
export function createRepair(desk, source, plans) {
  const { ctx } = desk;
  const { api, session, state } = ctx;
  if (!session.can.includes("plan")) return null;
  const wishes = read(state.get().repair);
  const gap = h("input", { type: "number", min: "0", max: "1000", step: "any", value: String(wishes.gap_width), required: true, "data-key": "repair-gap" });
  const prefer = select(PREFER.map((name) => [name, t(`cells.prefer_${name.replace("-", "_")}`)]), wishes.prefer, () => {}, { "data-key": "repair-prefer" });
  const earlier = [["", t("cells.keep_none")], ...plans.filter((one) => one.state !== "withdrawn").map((one) => [String(one.id), one.name])];
  const keep = select(earlier, String(wishes.keep_from ?? ""), () => {}, { "data-key": "repair-keep" });
  const act = h("button", { "data-key": "repair" }, t("cells.propose"));
  const work = h("div");

  async function propose(asked) {
    act.disabled = true;
    try {
      await follow(ctx, await api.post(`${source.path}/proposal`, asked, { headers: source.headers() }), work);
      const proposal = await api.get(`${source.path}/proposal`, asked, { signal: desk.signal });
      // another layer may be shown by now, or an edit be in hand
      if (form.isConnected && state.get().repair && write(read(state.get().repair)) === write(asked)) desk.review.open(source, asked, proposal);
    } catch (error) {
      ctx.notify(error);
    } finally {
      act.disabled = false;
    }
  }

  function submit(event) {
    event.preventDefault();
    const asked = { gap_width: Number(gap.value), prefer: prefer.value, ...(keep.value && { keep_from: Number(keep.value) }) };
    state.set({ repair: write(asked), sel: undefined }, { replace: true });
    propose(asked);
  }
  const form = h("form", { class: "stack", onsubmit: submit }, field(t("cells.gap_width"), gap), field(t("cells.prefer"), prefer), field(t("cells.keep_from"), keep), h("div", {}, act), work);
  if (state.get().repair && !desk.review.active()) propose(wishes);
  return h("details", { open: Boolean(state.get().repair) }, h("summary", { "aria-keyshortcuts": "r", "data-key": "repair-open" }, t(source.draft ? "cells.repair_draft" : "cells.repair_title")), form);
}

const write = ({ gap_width: gap, prefer, keep_from: keep }) => [gap, prefer, keep ?? ""].join("~");

function read(text) {
  const [gap, prefer, keep] = (text ?? "").split("~");
  return { gap_width: text && Number.isFinite(Number(gap)) ? Number(gap) : 1, prefer: PREFER.includes(prefer) ? prefer : PREFER[0], ...(Number(keep) > 0 && { keep_from: Number(keep) }) };
}
