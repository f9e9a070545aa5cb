// Files of what the account has (R68): made while they are sent, so the browser saves them itself.

import { el } from "../elements.js";
import { name, t } from "../language.js";

const WHAT = ["contacts", "messages", "campaigns", "blacklist", "consents", "acts", "ledger", "scores", "imports",
  "stances", "lookups", "appeals", "audiences", "requests"];

export function exportList() {
  const link = (what, format) => el("a", { href: `/v1/exports/${what}.${format}`, download: `sendbox-${what}.${format}` }, name("export.format", format));
  return [
    el("p", {}, t("export.lead")),
    el("ul", { class: "plain rows" }, WHAT.map((what) => el("li", {}, `${name("export.what", what)}: `, link(what, "csv"), " · ", link(what, "jsonl")))),
  ];
}
