// Addresses whose place staff have put right: a list, each of which can be forgotten.

import { button, fill, h } from "../frame/dom.js";
import { moment, n, t } from "../frame/i18n.js";

/** A list that is fetched when it is opened. */
export function listPutRight({ api, notify }) {
  const body = h("div", { class: "tight" });

  async function show() {
    const found = await api.get("/addresses");
    fill(body, found.length ? h("ul", { class: "tight" }, found.map(line)) : h("p", { class: "soft" }, t("put_right_none")));
  }

  const line = (one) =>
    h(
      "li",
      { class: "row between" },
      h("span", {}, one.address, " ", h("span", { class: "soft" }, `${n(one.lon, 5)}, ${n(one.lat, 5)} · ${one.by} · ${moment(one.at)}`)),
      button(t("forget"), () => api.remove(`/addresses/${one.id}`).then(show).catch(notify), { "aria-label": t("forget_address", { address: one.address }), "data-key": `forget-${one.id}` }),
    );

  return h("details", { ontoggle: (event) => event.target.open && show().catch(notify), "data-key": "put-right" }, h("summary", {}, t("put_right")), body);
}
