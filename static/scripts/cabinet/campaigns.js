// The list of campaigns, and a new one: the text with its live measure, the class, the opt-out link, the
// statement (R65, R72, R73, R76, R79).

import { Act, call } from "../api.js";
import { badge, el, show } from "../elements.js";
import { count, money, time } from "../format.js";
import { complaint, field, form, tick } from "../forms.js";
import { name, t } from "../language.js";
import { pagedTable } from "./paging.js";
import { statement } from "./statement.js";

export const STATE_COLOUR = { draft: "quiet", preparing: "info", running: "info", paused: "warn", cancelled: "quiet", completed: "good" };
const MEASURE_AFTER_MS = 300;

export async function campaignsView({ signal }) {
  return el("div", {},
    el("h1", {}, t("cabinet.campaigns")),
    el("p", { class: "actions" }, el("a", { class: "button primary", href: "#/campaigns/new" }, t("campaigns.new"))),
    await pagedTable({
      path: "/v1/campaigns", caption: t("cabinet.campaigns"), empty: t("campaigns.none"), signal,
      columns: [
        { title: t("common.name_of"), cell: (row) => el("a", { href: `#/campaigns/${row.id}` }, row.name) },
        { title: t("common.state"), cell: (row) => [badge(STATE_COLOUR[row.state] ?? "quiet", name("campaign.state", row.state)), row.stalled_by ? [" ", badge("warn", name("stalled.short", row.stalled_by))] : null] },
        { title: t("campaigns.class"), cell: (row) => name("class", row.class) },
        { title: t("campaigns.segments"), class: "number", cell: (row) => count(row.segments) },
        { title: t("common.created"), cell: (row) => time(row.created_at) },
        { title: t("campaigns.finished"), cell: (row) => time(row.finished_at) },
      ],
    }));
}

export async function newCampaignView({ signal, go }) {
  const attestation = await statement("content_attestation", signal);
  const act = new Act();
  const measure = measurer(signal);
  const text = el("textarea", { rows: "6", required: true, oninput: () => remeasure() });
  const kind = el("select", { onchange: () => settleLink() }, ["informational", "advertising"].map((code) => el("option", { value: code }, t(`class.${code}`))));
  const link = tick({ name: "opt_out_link", label: t("campaigns.opt_out_link"), hint: t("campaigns.opt_out_link_hint") });
  const linked = link.querySelector("input");
  const remeasure = () => measure.of(text.value, linked.checked);
  linked.addEventListener("change", remeasure);
  // Advertising always carries the link (R79).
  const settleLink = () => {
    linked.checked = kind.value === "advertising";
    linked.disabled = kind.value !== "informational";
    remeasure();
  };
  return el("div", {},
    el("p", {}, el("a", { href: "#/campaigns" }, "← ", t("cabinet.campaigns"))),
    el("h1", {}, t("campaigns.new")),
    el("section", { class: "card" }, form({
      label: t("campaigns.new"),
      fields: [
        field({ name: "name", label: t("campaigns.name"), hint: t("campaigns.name_hint"), input: { required: true, autocomplete: "off" } }),
        field({ name: "text", label: t("campaigns.text"), hint: t("campaigns.text_hint"), control: text }),
        measure.node,
        field({ name: "class", label: t("campaigns.class"), hint: t("campaigns.class_hint"), control: kind }),
        link,
        attestation.node,
      ],
      button: t("campaigns.create"),
      act: async (values) => {
        if (!values.attestation) throw complaint("attestation", t("statement.needed"));
        const made = await act.post("/v1/campaigns", { name: values.name.trim(), text: values.text, class: values.class, opt_out_link: linked.checked, attestation: attestation.body });
        go(`campaigns/${made.id}`);
      },
    })));
}

/** Encoding, segments, letters left and price, asked a moment after the last key. */
function measurer(signal) {
  const node = el("div", { class: "measure", "aria-live": "polite" }, t("campaigns.measure_empty"));
  let timer = null;
  let asking = null;
  const ask = async (text, link) => {
    asking?.abort();
    asking = new AbortController();
    try {
      const found = await call("POST", "/v1/texts/measure", { text, opt_out_link: link }, { signal: asking.signal });
      show(node,
        el("span", {}, t("campaigns.encoding"), " ", el("strong", {}, found.encoding)),
        el("span", {}, t("campaigns.segments"), " ", el("strong", {}, count(found.segments))),
        el("span", {}, t("campaigns.units_left"), " ", el("strong", {}, count(found.units_left))),
        el("span", {}, t("campaigns.price_per_message"), " ", el("strong", {}, money(found.price_per_message))),
        found.encoding === "UCS-2" && el("span", { class: "hint" }, t("campaigns.ucs2_hint")));
    } catch (problem) {
      if (problem.name !== "AbortError") show(node, el("span", { class: "field-error" }, problem.message));
    }
  };
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    asking?.abort();
  });
  return {
    node,
    of: (text, link) => {
      clearTimeout(timer);
      if (text === "") {
        asking?.abort();
        show(node, t("campaigns.measure_empty"));
      } else {
        timer = setTimeout(() => ask(text, link), MEASURE_AFTER_MS);
      }
    },
  };
}
