// Reports: a campaign's by hour and operator, the account's by days, and campaigns beside each other (R94, R97). The
// pictures are drawn by the interface, from the very figures that stand in the tables.

import { all, get, withQuery } from "../api.js";
import { el, notice, pairs, show, table } from "../elements.js";
import { count, money } from "../format.js";
import { actionButton } from "../forms.js";
import { language, name, t } from "../language.js";

const COMPARED_MAX = 10;

/** A picture as an image: what is in it can run nothing here. Whoever does not see it reads the tables. */
async function picture(path) {
  const image = el("img", { src: path, alt: t("report.picture"), width: "360" });
  // A page that is printed at once holds it already; one that cannot be had stands there by its text.
  await image.decode().catch(() => {});
  return el("figure", { class: "picture" }, image);
}

/** What a report can be taken away as. */
function takeAway(path, query) {
  return el("p", { class: "actions" },
    el("a", { class: "button", href: withQuery(`${path}.csv`, query), download: "sendbox-report.csv" }, t("report.csv")),
    el("a", { class: "button", href: withQuery(`${path}.svg`, query), download: "sendbox-report.svg" }, t("report.svg")),
    actionButton(t("report.print"), async () => window.print()));
}

/** `2026-12-03T12:00` as `03.12.2026 12:00`. */
function moment(text) {
  const [day, hour] = text.split("T");
  const written = language === "en" ? day : day.split("-").reverse().join(".");
  return hour ? `${written} ${hour}` : written;
}

function nameOf(by, part) {
  if (by === "operator") return name("operator", part.part);
  if (by === "campaign") return el("a", { href: `#/campaigns/${part.part}/report` }, part.name || part.part);
  return el("span", { class: "instant" }, moment(part.part));
}

const TITLES = { hour: "report.hour", day: "report.day", operator: "tariff.operator", campaign: "history.campaign" };

function partsTable(by, parts, calls) {
  const number = (title, of) => ({ title, class: "number", cell: (part) => count(of(part.counts)) });
  return table(t(`report.by.${by}`), [
    { title: t(TITLES[by]), cell: (part) => nameOf(by, part) },
    number(t("campaign.handed_over"), (counts) => counts.handed_over),
    calls !== true && number(t("report.delivered"), (counts) => counts.delivered),
    calls !== false && number(t("report.answered"), (counts) => counts.calls.answered),
    number(t("report.failed"), (counts) => counts.undelivered + counts.expired),
    calls !== true && number(t("report.visitors"), (counts) => counts.visitors),
    calls !== true && number(t("report.opt_outs"), (counts) => counts.opt_outs),
    by !== "operator" && number(t("campaign.blocked"), (counts) => counts.blocked),
    { title: t("history.charged"), class: "number", cell: (part) => money(part.counts.charged.total) },
  ].filter(Boolean), parts);
}

/** One campaign: its way from the audience to the answer, its hours and its operators. */
export async function campaignReportView({ id, signal }) {
  const path = `/v1/campaigns/${id}`;
  const [campaign, report, drawn] = await Promise.all([
    get(path, { signal }), get(`${path}/report`, { signal }), picture(withQuery(`${path}/report.svg`, { language })),
  ]);
  const calls = report.calls !== null;
  return el("div", {},
    el("p", { class: "back" }, el("a", { href: `#/campaigns/${id}` }, "← ", campaign.name)),
    el("h1", {}, t("campaign.report")),
    takeAway(`${path}/report`, { language }),
    drawn,
    el("p", { class: "hint" }, t("report.lead")),
    el("section", { class: "part" }, el("h2", {}, t("report.by.hour")), partsTable("hour", report.by_hour, calls)),
    el("section", { class: "part" }, el("h2", {}, t("report.by.operator")), partsTable("operator", report.by_operator, calls)));
}

/** The account in some days, and where campaigns are chosen for a comparison. */
export async function reportsView({ query, signal, go }) {
  const wanted = { by: query.get("by") ?? "day", from: query.get("from"), to: query.get("to") };
  const report = await get(withQuery("/v1/reports", wanted), { signal });
  const asked = { by: report.by, from: report.from, to: report.to };
  const [drawn, campaigns] = await Promise.all([
    picture(withQuery("/v1/reports.svg", { ...asked, language })), all("/v1/campaigns", {}, 500),
  ]);
  const day = (key) => el("input", { id: `report-${key}`, type: "date", value: report[key], required: true });
  const [from, to] = [day("from"), day("to")];
  const by = el("select", { id: "report-by" }, ["day", "hour", "operator", "campaign"].map((one) => el("option", { value: one, selected: one === report.by }, t(`report.by.${one}`))));
  const choice = el("form", { class: "choice", onsubmit: (event) => { event.preventDefault(); go(withQuery("reports", { from: from.value, to: to.value, by: by.value })); } },
    labelled("report-from", t("report.from"), from), labelled("report-to", t("report.to"), to), labelled("report-by", t("report.parted"), by),
    el("button", { class: "button primary", type: "submit" }, t("report.show")));
  const { total } = report;
  return el("div", {},
    el("h1", {}, t("cabinet.reports")),
    choice,
    takeAway("/v1/reports", { ...asked, language }),
    el("section", { class: "card" }, pairs([
      [t("campaign.handed_over"), count(total.handed_over)],
      [t("report.delivered"), count(total.delivered)],
      [t("report.failed"), count(total.undelivered + total.expired)],
      [t("report.answered"), count(total.calls.answered)],
      [t("report.visitors"), count(total.visitors)],
      [t("report.opt_outs"), count(total.opt_outs)],
      [t("campaign.blocked"), count(total.blocked)],
      [t("campaign.charged"), el("strong", {}, money(total.charged.total))],
    ])),
    report.parts.length === 0 && notice("info", t("report.nothing")),
    drawn,
    el("p", { class: "hint" }, t("report.lead")),
    report.parts.length > 0 && el("section", { class: "part" }, el("h2", {}, t(`report.by.${report.by}`)), partsTable(report.by, report.parts)),
    report.more && notice("info", t("report.more")),
    comparing(campaigns.filter((one) => one.state !== "draft"), go));
}

function labelled(id, text, control) {
  return el("div", { class: "field" }, el("label", { for: id }, text), control);
}

/** Which campaigns are put beside each other. */
function comparing(campaigns, go) {
  if (campaigns.length < 2) return null;
  const boxes = campaigns.map((campaign) => el("input", { type: "checkbox", value: campaign.id }));
  const place = el("div");
  return el("section", { class: "part no-print" },
    el("h2", {}, t("report.compare")),
    el("p", { class: "hint" }, t("report.compare_hint")),
    el("ul", { class: "plain choices" }, campaigns.map((campaign, index) => el("li", {}, el("label", {}, boxes[index], " ", campaign.name)))),
    place,
    el("p", { class: "actions" }, actionButton(t("report.compare"), async () => {
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      if (chosen.length < 2 || chosen.length > COMPARED_MAX) show(place, notice("warn", t("report.compare_hint")));
      else go(withQuery("reports/compare", { campaigns: chosen.join(",") }));
    }, "primary")));
}

/** Campaigns beside each other. */
export async function comparisonView({ query, signal }) {
  const asked = { campaigns: query.get("campaigns") ?? "" };
  const [{ campaigns }, drawn] = await Promise.all([
    get(withQuery("/v1/reports/compare", asked), { signal }),
    picture(withQuery("/v1/reports/compare.svg", { ...asked, language })),
  ]);
  const number = (title, of) => ({ title, class: "number", cell: of });
  return el("div", {},
    el("p", { class: "back" }, el("a", { href: "#/reports" }, "← ", t("cabinet.reports"))),
    el("h1", {}, t("report.compare")),
    takeAway("/v1/reports/compare", { ...asked, language }),
    drawn,
    el("section", { class: "part" }, table(t("report.compare"), [
      { title: t("history.campaign"), cell: (row) => el("a", { href: `#/campaigns/${row.campaign}/report` }, row.name || row.campaign) },
      { title: t("tariff.channel"), cell: (row) => name("channel", row.channel) },
      number(t("campaign.people"), (row) => count(row.recipients)),
      number(t("campaign.handed_over"), (row) => count(row.counts.handed_over)),
      number(t("report.delivered"), (row) => count(row.counts.delivered)),
      number(t("report.answered"), (row) => (row.channel === "voice" ? count(row.counts.calls.answered) : "—")),
      number(t("report.visitors"), (row) => (row.channel === "text" ? count(row.counts.visitors) : "—")),
      number(t("report.opt_outs"), (row) => (row.channel === "text" ? count(row.counts.opt_outs) : "—")),
      number(t("history.charged"), (row) => money(row.counts.charged.total)),
      number(t("report.price_of_success"), (row) => money(row.price_of_success)),
    ], campaigns)));
}
