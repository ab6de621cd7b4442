// Addresses whose place staff have put right: a list, each of which can be forgotten.

import { button, fill, h } from "../frame/dom.js";
import { moment, n, t } from "../frame/i18n.js";
import { once } from "../frame/work.js";

/** A list that is fetched when it is opened. */
export function listPutRight({ api, notify }) {
  const title = h("summary", {}, t("put_right"));
  const body = h("div", { class: "tight" });

  async function show() {
    const found = await api.get("/addresses");
    if (body.contains(document.activeElement)) title.focus(); // the button in use goes
    fill(body, found.length ? h("ul", { class: "tight" }, found.map(line)) : h("p", { class: "soft" }, t("put_right_none")));
  }

  const line = (one) =>
    h(
      "li",
      { class: "row between" },
      h("span", {}, one.address, " ", h("span", { class: "soft" }, `${n(one.lon, 5)}, ${n(one.lat, 5)} · ${one.by} · ${moment(one.at)}`)),
      button(t("forget"), () => forget(one).catch(notify), { "aria-label": t("forget_address", { address: one.address }), "data-key": `forget-${one.id}` }),
    );

  const forget = once(async (one) => {
    await api.remove(`/addresses/${one.id}`);
    await show();
  });

  return h("details", { ontoggle: (event) => event.target.open && show().catch(notify), "data-key": "put-right" }, title, body);
}
