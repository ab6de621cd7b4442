// Sign in and out. Without users in the store nobody needs to.

import { button, fill, h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./i18n.js";
import { clear, notify } from "./notice.js";
import { once } from "./work.js";

export function createSignIn({ api, session, drawn }) {
  if (session.user && !session.ended) return h("span", { class: "row" }, h("span", { class: "soft" }, session.user), button(t("sign_out"), () => api.remove("/session").then(() => location.reload(), notify), { "data-key": "sign-out" }));
  const enter = () => (session.ended ? askAgain(api, session, drawn) : ask(api));
  return session.ended || session.role === "public" ? button(t("sign_in"), enter, { "data-key": "sign-in" }) : null;
}

/** Tell of a refusal whether the session has ended meanwhile; drawn() shows it in the header. */
export async function sessionEnded(api, session, drawn) {
  if (!session.user) return null;
  const now = await api.get("/session").catch(() => session);
  if (now.user === session.user) return null;
  session.ended = true;
  drawn();
  return { message: t("session_ended"), act: { text: t("sign_in"), run: () => askAgain(api, session, drawn) } };
}

/** The same user goes on where he was, with all that is typed; for another one the page is made anew. */
function askAgain(api, session, drawn) {
  ask(api, session.user, () => {
    session.ended = false;
    clear();
    drawn();
  });
}

/** Ask who it is. then() is called instead of loading the page anew where the user is the one before. */
export function ask(api, before = "", then = null) {
  const name = h("input", { name: "name", autocomplete: "username", required: true, value: before });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const said = h("p", { class: "bad", role: "alert" });
  const labelled = (text, control) => h("label", { class: "field" }, h("span", { class: "caption" }, text), control);
  const send = once(async () => {
    try {
      await api.post("/session", { name: name.value, password: password.value });
      if (name.value !== before) return location.reload();
      dialog.close();
      then();
    } catch (error) {
      fill(said, error.message);
    }
  });
  const { dialog } = openDialog(t("sign_in"), h("form", { class: "stack", onsubmit: (event) => (event.preventDefault(), send()) }, labelled(t("user_name"), name), labelled(t("password"), password), said, h("div", {}, h("button", { class: "primary" }, t("sign_in")))));
  (before ? password : name).focus();
}
