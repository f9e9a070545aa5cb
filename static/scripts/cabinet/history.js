// The history of messages: number, time, state, price, and the rule of hours that judged each hand-over
// (R89, R90).

import { all } from "../api.js";
import { badge, el, show } from "../elements.js";
import { money, timeExact } from "../format.js";
import { name, t } from "../language.js";
import { pagedTable } from "./paging.js";

const COLOUR = { delivered: "good", handed_over: "info", undelivered: "bad", expired: "bad", blocked: "warn", unknown: "warn", queued: "quiet", leased: "quiet", cancelled: "quiet" };

export function messageTable(campaign, signal, state) {
  return pagedTable({
    path: "/v1/messages", query: state ? { campaign, state } : { campaign }, caption: t("history.heading"), empty: t("history.none"), limit: 100, signal,
    columns: [
      { title: t("common.phone"), class: "phone", cell: (row) => row.phone },
      { title: t("common.state"), cell: (row) => [badge(COLOUR[row.state] ?? "quiet", row.call_result ? name("call", row.call_result) : name("message", row.state)), row.attempt > 1 ? el("span", { class: "hint" }, " ", t("history.attempt", { attempt: row.attempt })) : null, row.reason ? el("span", { class: "hint" }, " ", name("reason", row.reason), row.blocked_at ? `, ${timeExact(row.blocked_at)}` : "") : null] },
      { title: t("history.handed_over"), cell: (row) => (row.handed_over_at ? el("span", { class: "instant" }, timeExact(row.handed_over_at), " ", el("span", { class: "hint" }, "+05:00")) : "—") },
      { title: t("history.rule"), cell: (row) => row.window_rule ?? "—" },
      { title: t("history.result_at"), cell: (row) => timeExact(row.result_at) },
      { title: t("tariff.operator"), cell: (row) => name("operator", row.operator) },
      { title: t("history.charged"), class: "number", cell: (row) => money(row.charged) },
    ],
  });
}

export async function historyView({ signal }) {
  const campaigns = await all("/v1/campaigns", {}, 500);
  const place = el("div", { "aria-live": "polite" });
  const select = el("select", { id: "history-campaign", onchange: () => paint() },
    el("option", { value: "" }, t("history.all")),
    campaigns.filter((one) => one.state !== "draft").map((one) => el("option", { value: one.id }, one.name)));
  const paint = async () => {
    const wanted = select.value;
    const list = await messageTable(wanted, signal).catch((problem) => (problem.name === "AbortError" ? "" : el("p", { class: "field-error" }, problem.message)));
    // Of two choices in a row the first may be answered last.
    if (wanted === select.value) show(place, list);
  };
  await paint();
  return el("div", {},
    el("h1", {}, t("history.heading")),
    el("p", { class: "muted" }, t("history.lead")),
    el("div", { class: "field inline" }, el("label", { for: "history-campaign" }, t("history.campaign")), select),
    place);
}
