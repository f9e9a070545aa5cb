// Registration: the profile, a declaration of truth, and two separate acts, each on its own text.

import { Act, call, get } from "../api.js";
import { el } from "../elements.js";
import { choice, complaint, field, form, tick } from "../forms.js";
import { language, root, t } from "../language.js";

/** The text in force in the page's language: what the person reads is what is signed for. */
const inForce = (kind) => get(`/v1/documents/${kind}?language=${language}`, { quiet: true });

export async function signUpView({ go, signedIn }) {
  const [offer, consent] = await Promise.all([inForce("offer"), inForce("pd_consent")]);
  const act = new Act();
  const link = (text) => el("a", { href: `${root}/documents/${text.kind}?version=${encodeURIComponent(text.version)}`, target: "_blank", rel: "noopener" }, text.title);

  return el("section", { class: "card small" },
    el("h1", {}, t("sign_up.heading")),
    el("p", { class: "muted" }, t("sign_up.as_declared")),
    form({
      label: t("sign_up.heading"),
      fields: [
        choice({ name: "kind", label: t("account.kind"), options: ["legal_entity", "entrepreneur", "natural_person"].map((kind) => [kind, t(`account.kind.${kind}`)]) }),
        field({ name: "name", label: t("account.name"), hint: t("account.name_hint"), input: { autocomplete: "name", required: true, maxlength: "200" } }),
        field({ name: "phone", label: t("account.phone"), input: { type: "tel", autocomplete: "tel", required: true, placeholder: "+7 701 000 00 00" } }),
        field({ name: "email", label: t("account.email"), input: { type: "email", autocomplete: "email", required: true } }),
        field({ name: "login", label: t("account.login"), hint: t("account.login_hint"), input: { autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" } }),
        field({ name: "password", label: t("account.password"), hint: t("account.password_hint"), input: { type: "password", autocomplete: "new-password", required: true } }),
        tick({ name: "truth_declared", label: t("sign_up.truth") }),
        el("fieldset", { class: "acts" },
          el("legend", {}, t("sign_up.acts")),
          el("p", { class: "hint" }, t("sign_up.acts_hint")),
          tick({ name: "offer", label: [t("sign_up.offer"), " ", link(offer)], hint: t("sign_up.version", { version: offer.version }) }),
          tick({ name: "pd_consent", label: [t("sign_up.pd_consent"), " ", link(consent)], hint: t("sign_up.version", { version: consent.version }) }),
          el("p", { class: "hint" }, el("a", { href: `${root}/documents`, target: "_blank", rel: "noopener" }, t("sign_up.other_documents")))),
      ],
      button: t("sign_up.button"),
      act: async (values) => {
        if (!values.truth_declared) throw complaint("truth_declared", t("sign_up.truth_needed"));
        if (!values.offer) throw complaint("offer", t("sign_up.offer_needed"));
        if (!values.pd_consent) throw complaint("pd_consent", t("sign_up.pd_consent_needed"));
        const login = values.login.trim();
        await act.post("/v1/accounts", {
          kind: values.kind, login, password: values.password, name: values.name.trim(),
          phone: values.phone.trim(), email: values.email.trim(), language, truth_declared: true,
          offer: { version: offer.version, sha256: offer.sha256, accepted: true },
          pd_consent: { version: consent.version, sha256: consent.sha256, given: true },
        });
        const { account } = await call("POST", "/v1/sessions", { login, password: values.password });
        signedIn(account);
        go("");
      },
    }),
    el("p", {}, t("sign_up.have_account"), " ", el("a", { href: "#/sign-in" }, t("sign_in.heading"))));
}
