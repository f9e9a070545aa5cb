// The account: profile, password, keys, consents, and its end (R5, R6, R12, R18, R36).

import { Act, call, get } from "../api.js";
import { badge, el, notice, pairs, show } from "../elements.js";
import { time } from "../format.js";
import { actionButton, choice, confirmed, copyButton, field, form } from "../forms.js";
import { language, name, root, t } from "../language.js";
import { deletionSection } from "./deletion.js";
import { evidenceButton } from "./evidence.js";
import { exportList } from "./exports.js";
import { pagedTable } from "./paging.js";
import { passwordForm } from "./password.js";

export async function accountView({ account, changed, go, signedIn, signal }) {
  const state = el("span", {}, name("account.state", account.state));
  // A request to delete, and taking it back, change the state that is shown above.
  const moved = async () => {
    const now = await get("/v1/account", { signal });
    changed(now);
    show(state, name("account.state", now.state));
  };
  const [keys, consents, deletion] = await Promise.all([keySection(signal), consentSection(signal), deletionSection(signal, moved)]);
  return el("div", {},
    el("h1", {}, t("cabinet.account")),
    profileSection(account, state, changed),
    passwordSection(),
    keys,
    consents,
    section(t("export.heading"), exportList()),
    compromiseSection(go, signedIn),
    deletion);
}

const section = (title, ...children) => el("section", { class: "card part" }, el("h2", {}, title), children);

function profileSection(account, state, changed) {
  const said = el("div", { "aria-live": "polite" });
  return section(t("account.profile"),
    pairs([
      [t("account.number"), el("strong", {}, account.number)],
      [t("account.login"), account.login],
      [t("account.kind"), name("account.kind", account.kind)],
      [t("common.state"), state],
      [t("common.created"), time(account.created_at)],
    ]),
    el("p", { class: "hint" }, t("account.keep_current")),
    form({
      label: t("account.profile"),
      fields: [
        field({ name: "name", label: t("account.name"), input: { value: account.name, autocomplete: "name", required: true, maxlength: "200" } }),
        field({ name: "phone", label: t("account.phone"), input: { type: "tel", value: account.phone, autocomplete: "tel", required: true } }),
        field({ name: "email", label: t("account.email"), input: { type: "email", value: account.email, autocomplete: "email", required: true } }),
        choice({ name: "language", label: t("account.language"), hint: t("account.language_hint"), value: account.language, options: [["kk", "Қазақша"], ["ru", "Русский"], ["en", "English"]] }),
      ],
      button: t("common.save"),
      act: async (values) => {
        const now = await call("PATCH", "/v1/account", { name: values.name.trim(), phone: values.phone.trim(), email: values.email.trim(), language: values.language });
        changed(now);
        show(said, notice("good", t("common.saved")));
      },
    }), said);
}

function passwordSection() {
  const said = el("div", { "aria-live": "polite" });
  const changed = () => {
    passwords.reset();
    show(said, notice("good", t("account.password_changed")));
  };
  const passwords = passwordForm(changed);
  return section(t("account.change_password"), passwords, said);
}

async function keySection(signal) {
  const act = new Act();
  const listPlace = el("div");
  const once = el("div", { "aria-live": "polite" });
  const refresh = async () => show(listPlace, await keyList(signal, refresh));
  await refresh();
  const keyForm = form({
    label: t("keys.heading"),
    fields: [field({ name: "name", label: t("keys.name"), hint: t("keys.name_hint"), input: { required: true, autocomplete: "off", maxlength: "120" } })],
    button: t("keys.create"),
    kind: "",
    act: async (values) => {
      const made = await act.post("/v1/api-keys", { name: values.name.trim() });
      const secret = el("code", { class: "secret" }, made.key);
      show(once, notice("warn", el("p", {}, t("keys.once")), el("p", {}, secret),
        el("p", { class: "actions" }, copyButton(secret), actionButton(t("keys.hide"), async () => show(once)))));
      keyForm.reset();
      await refresh();
    },
  });
  return section(t("keys.heading"), el("p", {}, t("keys.lead")), listPlace, once, keyForm);
}

function keyList(signal, refresh) {
  return pagedTable({
    path: "/v1/api-keys", caption: t("keys.heading"), empty: t("keys.none"), signal,
    columns: [
      { title: t("common.name_of"), cell: (row) => row.name },
      { title: t("keys.key"), cell: (row) => el("code", {}, `sbk_…${row.last_four}`) },
      { title: t("common.created"), cell: (row) => time(row.created_at) },
      {
        title: t("common.act"), class: "act",
        cell: (row) => actionButton(t("keys.revoke"), async () => {
          if (!(await confirmed(t("keys.revoke_question", { name: row.name }), t("keys.revoke")))) return;
          await call("DELETE", `/v1/api-keys/${row.id}`);
          await refresh();
        }, "small"),
      },
    ],
  });
}

/** Given consents and acceptances; marketing is separate, optional, and withdrawn here (R36). */
async function consentSection(signal) {
  const place = el("div");
  const act = new Act();
  const refresh = async () => {
    const { items } = await get("/v1/consents?limit=100", { signal });
    const marketing = items.find((one) => one.document === "marketing_consent" && one.state === "given");
    show(place,
      el("ul", { class: "plain rows" }, items.map((one) => el("li", {},
        el("a", { href: `${root}/documents/${one.document}?version=${encodeURIComponent(one.version)}` }, name("kind", one.document)), " ",
        badge(one.state === "given" ? "good" : "quiet", name("consent.state", one.state)), " ",
        el("span", { class: "hint" }, `${one.version} · ${time(one.at)}`)))),
      el("h3", {}, t("consents.marketing")),
      el("p", {}, t("consents.marketing_text"), " ", el("a", { href: `${root}/documents/marketing_consent` }, t("consents.read"))),
      marketing
        ? actionButton(t("consents.withdraw"), async () => {
          await call("DELETE", `/v1/consents/${marketing.id}`);
          await refresh();
        })
        : actionButton(t("consents.give"), async () => {
          const text = await get(`/v1/documents/marketing_consent?language=${language}`, { signal });
          await act.post("/v1/consents", { document: "marketing_consent", version: text.version, sha256: text.sha256, language, given: true });
          await refresh();
        }));
  };
  await refresh();
  return section(t("consents.heading"), place, el("p", { class: "actions" }, evidenceButton({ kind: "consents" }, "sendbox-evidence-consents")));
}

/** Somebody else was in: the moment is recorded, every session ends, every key dies, and the new password is in force (R12). */
function compromiseSection(go, signedIn) {
  return section(t("compromise.heading"),
    el("p", {}, t("compromise.text")),
    passwordForm(() => {
      signedIn(null);
      go("sign-in?secured=1");
    }, {
      path: "/v1/account/compromise",
      button: t("compromise.button"),
      kind: "danger",
      asked: () => confirmed(t("compromise.question"), t("compromise.button"), el("p", {}, t("compromise.text"))),
    }));
}
