// One document's text in the page's language, with the hash that consents and acceptances name (R21, R35).

import "./frame.js";
import { get, withQuery } from "./api.js";
import { el, notice, show } from "./elements.js";
import { day } from "./format.js";
import { language, t } from "./language.js";
import { nodes } from "./markdown.js";

const place = document.getElementById("document");
const kind = location.pathname.split("/").pop();
const version = new URLSearchParams(location.search).get("version");

try {
  const text = await get(withQuery(`/v1/documents/${kind}`, { version, language }), { quiet: true });
  document.title = `${text.title} · SENDBOX`;
  const body = nodes(text.text);
  show(place,
    // The text brings its own heading; one that does not is given its title.
    body[0]?.localName === "h1" ? null : el("h1", {}, text.title),
    el("article", { class: "document", lang: text.language }, body),
    el("dl", { class: "pairs fine" },
      el("div", {}, el("dt", {}, t("documents.version")), el("dd", {}, text.version)),
      el("div", {}, el("dt", {}, t("documents.effective")), el("dd", {}, day(text.effective_at))),
      el("div", {}, el("dt", {}, "SHA-256"), el("dd", {}, el("code", {}, text.sha256)))),
    el("p", { class: "hint" }, t("document.hash_hint")));
} catch (problem) {
  show(place, notice("bad", problem.message));
}
