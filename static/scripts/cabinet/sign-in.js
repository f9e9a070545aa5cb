// Signing in with login and password (R9).

import { call } from "../api.js";
import { el, notice } from "../elements.js";
import { field, form } from "../forms.js";
import { t } from "../language.js";

export function signInView({ query, go, signedIn, wanted }) {
  const to = query.get("to") ?? wanted ?? "";
  return el("section", { class: "card small" },
    el("h1", {}, t("sign_in.heading")),
    query.has("ended") && notice("info", t("sign_in.ended")),
    query.has("secured") && notice("info", t("sign_in.secured")),
    form({
      label: t("sign_in.heading"),
      fields: [
        field({ name: "login", label: t("account.login"), input: { autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" } }),
        field({ name: "password", label: t("account.password"), input: { type: "password", autocomplete: "current-password", required: true } }),
      ],
      button: t("sign_in.button"),
      act: async ({ login, password }) => {
        const { account } = await call("POST", "/v1/sessions", { login: login.trim(), password });
        signedIn(account);
        go(/^[a-z0-9/_-]*$/.test(to) ? to : "");
      },
    }),
    el("p", {}, t("sign_in.no_account"), " ", el("a", { href: "#/sign-up" }, t("sign_up.heading"))));
}
