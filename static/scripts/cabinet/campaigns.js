// The list of campaigns, and a new one: what it sends, the class, the statement (R71, R72, R73, R76, R79).

import { Act } from "../api.js";
import { badge, el } from "../elements.js";
import { time } from "../format.js";
import { complaint, field, form } from "../forms.js";
import { name, t } from "../language.js";
import { contentFields } from "./content.js";
import { pagedTable } from "./paging.js";
import { statement } from "./statement.js";

export const STATE_COLOUR = { draft: "quiet", preparing: "info", running: "info", paused: "warn", cancelled: "quiet", completed: "good" };

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
        { title: t("tariff.channel"), cell: (row) => name("channel", row.channel) },
        { title: t("common.created"), cell: (row) => time(row.created_at) },
        { title: t("campaigns.finished"), cell: (row) => time(row.finished_at) },
      ],
    }));
}

export async function newCampaignView({ signal, go }) {
  const act = new Act();
  const kind = el("select", { onchange: () => content.ofClass(kind.value) }, ["informational", "advertising", "one_time_code"].map((code) => el("option", { value: code }, t(`class.${code}`))));
  const codes = kind.querySelector("[value=one_time_code]");
  /** A recording is the same for everybody: it cannot be a code. */
  const ofChannel = (channel) => {
    codes.disabled = channel === "voice";
    if (!codes.disabled || !codes.selected) return;
    kind.value = "informational";
    content.ofClass(kind.value);
  };
  const [attestation, content] = await Promise.all([statement("content_attestation", signal), contentFields(signal, ofChannel)]);
  return el("div", {},
    el("p", {}, el("a", { href: "#/campaigns" }, "← ", t("cabinet.campaigns"))),
    el("h1", {}, t("campaigns.new")),
    el("section", { class: "card" }, form({
      label: t("campaigns.new"),
      fields: [
        field({ name: "name", label: t("campaigns.name"), hint: t("campaigns.name_hint"), input: { required: true, autocomplete: "off", maxlength: "120" } }),
        content.nodes,
        field({ name: "class", label: t("campaigns.class"), hint: t("campaigns.class_hint"), control: kind }),
        attestation.node,
      ],
      button: t("campaigns.create"),
      act: async (values) => {
        if (values.channel === "voice" && !values.audio) throw complaint("channel", t("recordings.needed"));
        if (!values.attestation) throw complaint("attestation", t("statement.needed"));
        const made = await act.post("/v1/campaigns", { name: values.name.trim(), ...content.body(values), class: values.class, attestation: attestation.body });
        go(`campaigns/${made.id}`);
      },
    })));
}
