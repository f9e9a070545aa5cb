// One campaign: the estimate and the agreed total while it is a draft, live progress while it runs, and the
// report (R50, R86, R89, R94).

import { Act, call, get } from "../api.js";
import { badge, el, notice, pairs, show } from "../elements.js";
import { count, money, time } from "../format.js";
import { actionButton, confirmed } from "../forms.js";
import { inLanguage, name, t } from "../language.js";
import { STATE_COLOUR } from "./campaigns.js";
import { contentOf } from "./content.js";
import { evidenceButton } from "./evidence.js";
import { messageTable } from "./history.js";
import { progress } from "./progress.js";

const POLL_MS = 2000;
const CALL_RESULTS = ["answered", "machine", "busy", "no_answer", "failed"];
/** States in which the numbers may still move; delivery reports come in after the last hand-over. */
const moving = (campaign, report) => ["preparing", "running", "paused"].includes(campaign.state) || report?.awaiting_report > 0 || report?.unknown > report?.undecided;

export async function campaignView({ id, signal, go }) {
  const path = `/v1/campaigns/${id}`;
  const act = new Act();
  let campaign = await get(path, { signal });
  const head = el("div");
  const body = el("div");

  async function paint() {
    show(head,
      el("h1", {}, campaign.name),
      el("p", {}, badge(STATE_COLOUR[campaign.state] ?? "quiet", name("campaign.state", campaign.state)), " ", badge("quiet", name("class", campaign.class))),
      campaign.stalled_by && notice("warn", name("stalled", campaign.stalled_by), campaign.window?.opens_at && !campaign.window.open ? ` ${t("campaign.opens_at", { at: time(campaign.window.opens_at) })}` : ""));
    if (campaign.state === "draft") await draft();
    else await running();
  }

  async function draft() {
    const estimate = await act.post(`${path}/estimate`);
    const start = actionButton(t("campaign.start", { total: money(estimate.total) }), async () => {
      try {
        campaign = await act.post(`${path}/start`, { agreed_total: estimate.total });
      } catch (problem) {
        if (problem.code !== "estimate_changed") throw problem;
        await paint();
        body.prepend(notice("warn", problem.message));
        return;
      }
      await paint();
      poll();
    }, "primary");
    const forbidden = campaign.approval === "awaiting" || campaign.approval === "refused";
    const calls = campaign.channel === "voice";
    start.disabled = !estimate.sufficient || estimate.messages === 0 || forbidden;
    show(body,
      el("section", { class: "card" },
        el("h2", {}, t("campaign.estimate")),
        pairs([
          [t("campaign.contacts"), count(estimate.contacts)],
          [t("campaign.blacklisted"), count(estimate.blacklisted)],
          [calls ? t("campaign.people") : t("campaign.messages"), count(estimate.messages)],
          calls ? [t("plan.attempts"), count(estimate.attempts)] : [t("campaigns.segments"), count(estimate.segments)],
          [t("tariff.operator_price"), money(estimate.operator_price)],
          [t("tariff.service_price"), money(estimate.service_price)],
          [calls ? t("campaign.most_for_person") : t("campaigns.price_per_message"), money(estimate.price_per_message)],
          [t("balance.available"), money(estimate.available)],
          [calls ? t("campaign.total_most") : t("campaign.total"), el("strong", { class: "big" }, money(estimate.total))],
        ]),
        estimate.messages === 0 && notice("warn", t("campaign.no_contacts"), " ", el("a", { href: "#/contacts" }, t("cabinet.contacts"))),
        !estimate.sufficient && notice("warn", t("campaign.insufficient"), " ", el("a", { href: "#/" }, t("top_up.heading"))),
        campaign.approval && notice(forbidden ? "warn" : "good", t(`campaign.approval.${campaign.approval}`)),
        notice("info", windowText(estimate.window)),
        el("p", { class: "hint" }, calls ? t("campaign.start_hint_calls") : t("campaign.start_hint")),
        el("p", { class: "actions" }, start,
          actionButton(t("campaign.delete_draft"), async () => {
            if (!(await confirmed(t("campaign.delete_question"), t("common.delete")))) return;
            await call("DELETE", path);
            go("campaigns");
          }),
          actionButton(t("campaign.estimate_again"), paint, "link"))),
      contentOf(campaign));
  }

  const live = el("div");
  const controls = el("p", { class: "actions" });
  async function running() {
    const report = await get(`${path}/report`, { signal });
    paintRunning(report);
    return report;
  }

  function control(word, verb, kind, question) {
    return actionButton(word, async () => {
      if (question && !(await confirmed(question, word, el("p", {}, t("campaign.cancel_text"))))) return;
      campaign = await act.post(`${path}/${verb}`);
      await paint();
    }, kind);
  }

  /** Of these messages nobody will say whether they were sent: the owner decides. */
  function undecided(report) {
    if (!report.undecided) return null;
    const decide = (word, decision, question, text) => actionButton(word, async () => {
      if (!(await confirmed(question, word, el("p", {}, text)))) return;
      await act.post(`${path}/unknown`, { decision });
      campaign = await get(path, { signal });
      shownState = null;
      await paint();
      poll();
    });
    const list = el("div");
    return el("div", {},
      notice("warn", t("campaign.undecided", { messages: count(report.undecided) })),
      el("p", { class: "actions" },
        campaign.state !== "cancelled" && decide(t("campaign.send_again"), "send_again", t("campaign.send_again_question"), t("campaign.send_again_text")),
        decide(t("campaign.leave_unknown"), "leave", t("campaign.leave_question"), t("campaign.leave_text")),
        actionButton(t("campaign.undecided_show"), async () => show(list, await messageTable(campaign.id, signal, "unknown")), "link")),
      list);
  }

  let shownState = null;
  let shownUndecided = null;
  const decision = el("div");
  function paintRunning(report) {
    show(live, progress(report), reportOf(report));
    // As with the buttons below.
    if (shownUndecided !== report.undecided) show(decision, undecided(report));
    shownUndecided = report.undecided;
    if (shownState === campaign.state) return;
    // Buttons are made anew only when the state changes, so that polling takes no focus away.
    shownState = campaign.state;
    show(controls,
      ["preparing", "running"].includes(campaign.state) && control(t("campaign.pause"), "pause", ""),
      campaign.state === "paused" && control(t("campaign.resume"), "resume", "primary"),
      ["preparing", "running", "paused"].includes(campaign.state) && control(t("campaign.cancel"), "cancel", "danger", t("campaign.cancel_question")),
      el("a", { class: "button", href: `#/campaigns/${campaign.id}/report` }, t("report.detail")),
      evidenceButton({ campaign: campaign.id }, `sendbox-evidence-${campaign.id}`));
    const messages = el("div");
    show(body, el("section", { class: "card" }, live, decision, controls), contentOf(campaign),
      el("section", { class: "part" }, el("h2", {}, t("history.heading")), messages,
        el("p", { class: "actions" }, actionButton(t("campaign.show_messages"), async () => show(messages, await messageTable(campaign.id, signal))))));
  }

  /** Asks every two seconds while numbers may move; a page that nobody looks at waits. */
  let polling = false;
  async function poll() {
    if (polling) return;
    polling = true;
    while (!signal.aborted) {
      await pause(POLL_MS, signal);
      if (signal.aborted) return;
      if (document.hidden) continue;
      try {
        const [now, report] = await Promise.all([get(path, { signal }), get(`${path}/report`, { signal })]);
        const changed = now.state !== campaign.state || now.stalled_by !== campaign.stalled_by;
        campaign = now;
        if (changed) await paint();
        else paintRunning(report);
        if (!moving(now, report)) break;
      } catch (problem) {
        if (problem.name === "AbortError" || problem.status === 401) return;
        // A lost connection is no reason to stop looking.
      }
    }
    polling = false;
  }

  await paint();
  if (campaign.state !== "draft") poll();
  return el("div", {}, el("p", {}, el("a", { href: "#/campaigns" }, "← ", t("cabinet.campaigns"))), head, body);
}

/** Whether the hours are open now, or why not and until when (R80, R82). */
function windowText(window) {
  const hours = window.hours?.replace("-", "–");
  if (window.open) return t("campaign.window_open", { hours });
  const at = time(window.opens_at);
  if (window.why === "outside_hours") return t("campaign.window_closed", { hours, at });
  return t(`campaign.window_${window.why}`, { at, holiday: inLanguage(window.holiday) });
}

const pause = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
});

/** What became of the messages, in the words of texts or of calls. */
function outcomes(report) {
  if (report.calls) {
    return [
      [t("campaign.people"), count(report.recipients)],
      [t("campaign.calls"), count(report.messages)],
      [t("campaign.handed_over"), count(report.handed_over)],
      ...CALL_RESULTS.map((result) => [name("call", result), count(report.calls[result])]),
    ];
  }
  return [
    [t("campaign.messages"), count(report.messages)],
    [t("campaign.handed_over"), count(report.handed_over)],
    [t("message.delivered"), count(report.delivered)],
    [t("message.undelivered"), count(report.undelivered)],
    [t("message.expired"), count(report.expired)],
  ];
}

function reportOf(report) {
  const reasons = Object.entries(report.blocked_by_reason ?? {});
  return el("div", {},
    el("h2", {}, t("campaign.report")),
    pairs([
      ...outcomes(report),
      [t("campaign.blocked"), reasons.length ? `${count(report.blocked)} (${reasons.map(([reason, number]) => `${name("reason", reason)}: ${count(number)}`).join(", ")})` : count(report.blocked)],
      [t("message.cancelled"), count(report.cancelled)],
      [t("campaign.charged_operator"), money(report.charged.operator)],
      [t("campaign.charged_service"), money(report.charged.service)],
      [t("campaign.charged"), el("strong", {}, money(report.charged.total))],
      [t("balance.held"), money(report.held)],
    ]));
}
