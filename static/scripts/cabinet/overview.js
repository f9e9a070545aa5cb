// The balance, how to pay, and the ledger (R43, R44, R45, R51, R52).

import { get } from "../api.js";
import { el, notice, pairs } from "../elements.js";
import { count, money, time } from "../format.js";
import { copyButton } from "../forms.js";
import { name, t } from "../language.js";
import { pagedTable } from "./paging.js";

export async function overviewView({ account, signal }) {
  const [balance, requisites] = await Promise.all([get("/v1/balance", { signal }), paymentRequisites(signal)]);
  const ledger = await pagedTable({
    path: "/v1/ledger", caption: t("balance.ledger"), empty: t("balance.no_ledger"), limit: 20, signal,
    columns: [
      { title: t("common.time"), cell: (row) => time(row.at) },
      { title: t("balance.kind"), cell: (row) => name("ledger", row.kind) },
      { title: t("balance.change_available"), class: "number", cell: (row) => change(row, "available") },
      { title: t("balance.change_held"), class: "number", cell: (row) => change(row, "held") },
      { title: t("balance.messages"), class: "number", cell: (row) => count(row.messages) },
      { title: t("balance.for"), cell: (row) => (row.campaign ? el("a", { href: `#/campaigns/${row.campaign}` }, t("balance.campaign")) : (row.payment ?? "—")) },
    ],
  });
  return el("div", {},
    el("h1", {}, t("cabinet.overview")),
    !["active", "suspended"].includes(account.state) && notice("warn", el("a", { href: "#/account" }, t("cabinet.account")), ": ", name("account.state", account.state)),
    balance.suspended && notice("warn", t("balance.suspended")),
    el("div", { class: "cards" },
      el("section", { class: "card figure" }, el("h2", {}, t("balance.available")), el("p", { class: "big" }, money(balance.available)), el("p", { class: "hint" }, t("balance.available_hint"))),
      el("section", { class: "card figure" }, el("h2", {}, t("balance.held")), el("p", { class: "big" }, money(balance.held)), el("p", { class: "hint" }, t("balance.held_hint")))),
    topUp(balance.account_number, requisites),
    el("section", { class: "part" }, el("h2", {}, t("balance.ledger")), ledger));
}

function topUp(number, requisites) {
  const written = el("strong", { class: "account-number" }, number);
  return el("section", { class: "card part" },
    el("h2", {}, t("top_up.heading")),
    el("p", {}, t("top_up.number"), " ", written, " ", copyButton(written, "small")),
    el("ol", {},
      el("li", {}, t("top_up.step1"), requisites ? pairs([
        [t("top_up.beneficiary"), requisites.beneficiary],
        [t("top_up.bank"), requisites.bank],
        [t("top_up.bic"), requisites.bic],
        [t("top_up.iban"), el("code", {}, requisites.iban)],
      ]) : [" ", el("strong", {}, t("top_up.unconfirmed"))]),
      el("li", {}, t("top_up.step2")),
      el("li", {}, t("top_up.step3"))),
    el("p", { class: "hint" }, t("top_up.no_refund")));
}

/** The bank details of `about.json`; `null` until they are filled in with a sound account number (R56, X4). */
async function paymentRequisites(signal) {
  const { payment } = await get("/about.json", { signal, quiet: true }).catch(() => ({}));
  if (!payment || Object.values(payment).some((value) => /<<.*>>/.test(value))) return null;
  return isSoundIban(payment.iban) ? payment : null;
}

/** ISO 7064 mod 97-10 over a Kazakh account number: a mistyped one is never shown to a payer. */
export function isSoundIban(text) {
  const iban = String(text).replace(/\s/g, "").toUpperCase();
  if (!/^KZ\d{2}[0-9A-Z]{16}$/.test(iban)) return false;
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

/** What a transfer did to one book of the account, with its sign. */
function change(row, book) {
  const entry = row.entries.find((one) => one.book === book);
  if (!entry) return "—";
  const negative = entry.amount.startsWith("-");
  return el("span", { class: negative ? "" : "plus" }, negative ? "" : "+", money(entry.amount));
}
