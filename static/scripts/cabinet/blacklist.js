// Numbers that are never sent to (R65, R66).

import { Act, call } from "../api.js";
import { badge, el, notice, show } from "../elements.js";
import { count, time } from "../format.js";
import { actionButton, complaint, confirmed, field, form } from "../forms.js";
import { codeText, learnCodes, name, t } from "../language.js";
import { pagedTable } from "./paging.js";

const MOST = 10_000;

export async function blacklistView({ signal }) {
  const listPlace = el("div");
  const refresh = async () => show(listPlace, await list(signal, refresh));
  await Promise.all([refresh(), learnCodes()]);
  return el("div", {},
    el("h1", {}, t("cabinet.blacklist")),
    el("p", { class: "lead" }, t("blacklist.lead")),
    add(refresh),
    el("section", { class: "part" }, el("h2", {}, t("blacklist.list")), listPlace));
}

function add(refresh) {
  const act = new Act();
  const result = el("div", { "aria-live": "polite" });
  const addForm = form({
    label: t("blacklist.add"),
    fields: [
      field({ name: "phones", label: t("blacklist.phones"), hint: t("blacklist.phones_hint", { most: count(MOST) }), control: el("textarea", { rows: "4", required: true, inputmode: "tel", spellcheck: "false" }) }),
      field({ name: "reason", label: t("blacklist.reason"), hint: t("blacklist.reason_hint"), input: { autocomplete: "off", maxlength: "500" } }),
    ],
    button: t("blacklist.add_button"),
    act: async ({ phones, reason }) => {
      const numbers = phones.split(/[\n,;]+/).map((one) => one.trim()).filter(Boolean);
      if (numbers.length === 0) throw complaint("phones", t("error.required"));
      if (numbers.length > MOST) throw complaint("phones", t("blacklist.too_many", { most: count(MOST) }));
      const done = await act.post("/v1/blacklist", { phones: numbers, reason: reason.trim() || undefined });
      show(result,
        notice(done.rejected.length ? "warn" : "good", t("blacklist.done", { added: count(done.added), already: count(done.already_listed), cancelled: count(done.cancelled_messages) })),
        done.rejected.length > 0 && el("ul", {}, done.rejected.map((one) => el("li", {}, `${numbers[one.index]}: ${codeText(one.code)}`))));
      addForm.reset();
      await refresh();
    },
  });
  return el("section", { class: "card part" }, el("h2", {}, t("blacklist.add")), addForm, result);
}

function list(signal, refresh) {
  return pagedTable({
    path: "/v1/blacklist", caption: t("blacklist.list"), empty: t("blacklist.none"), signal,
    columns: [
      { title: t("common.phone"), class: "phone", cell: (row) => row.phone },
      { title: t("blacklist.source"), cell: (row) => [badge(row.source === "opt_out" ? "warn" : "quiet", name("blacklist.source", row.source)), " ", name("blacklist.through", row.channel)] },
      { title: t("blacklist.reason"), cell: (row) => row.reason || "—" },
      { title: t("common.added"), cell: (row) => time(row.created_at) },
      {
        title: t("common.act"), class: "act",
        // Only what the account listed itself is its own to remove.
        cell: (row) => (row.source === "account" ? actionButton(t("common.remove"), async () => {
          if (!(await confirmed(t("blacklist.remove_question", { phone: row.phone }), t("common.remove"), el("p", {}, t("blacklist.remove_text"))))) return;
          await call("DELETE", `/v1/blacklist/${row.id}`);
          await refresh();
        }, "small") : ""),
      },
    ],
  });
}
