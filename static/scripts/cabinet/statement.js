// A statement (attestation) given on a text that is shown: its version and hash go with the act (R62, R76).

import { get } from "../api.js";
import { el } from "../elements.js";
import { tick } from "../forms.js";
import { language, t } from "../language.js";
import { nodes } from "../markdown.js";

/** The text of `kind` to read, a checkbox under it, and what to send once it is ticked. */
export async function statement(kind, signal) {
  const text = await get(`/v1/documents/${kind}?language=${language}`, { signal });
  return {
    node: el("div", { class: "statement" },
      el("details", {}, el("summary", {}, text.title), el("div", { class: "document scroll", tabindex: "0" }, nodes(text.text, 3))),
      tick({ name: "attestation", label: t(`statement.${kind}`), hint: t("sign_up.version", { version: text.version }) })),
    body: { version: text.version, sha256: text.sha256, accepted: true },
  };
}
