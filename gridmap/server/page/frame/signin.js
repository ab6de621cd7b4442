// Sign in and out. Without users in the store nobody needs to.

import { button, fill, h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./i18n.js";
import { notify } from "./notice.js";

export function createSignIn({ api, session }) {
  if (session.user) return h("span", { class: "row" }, h("span", { class: "soft" }, session.user), button(t("sign_out"), () => api.remove("/session").then(() => location.reload(), notify), { "data-key": "sign-out" }));
  return session.role === "public" ? button(t("sign_in"), () => ask(api), { "data-key": "sign-in" }) : null;
}

export function ask(api) {
  const name = h("input", { name: "name", autocomplete: "username", required: true });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const said = h("p", { class: "bad", role: "alert" });
  const labelled = (text, control) => h("label", { class: "field" }, h("span", { class: "caption" }, text), control);
  const send = async (event) => {
    event.preventDefault();
    try {
      await api.post("/session", { name: name.value, password: password.value });
      location.reload();
    } catch (error) {
      fill(said, error.message);
    }
  };
  openDialog(t("sign_in"), h("form", { class: "stack", onsubmit: send }, labelled(t("user_name"), name), labelled(t("password"), password), said, h("div", {}, h("button", { class: "primary" }, t("sign_in")))));
  name.focus();
}
