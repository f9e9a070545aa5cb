// The list of documents: every kind and version, with its dates and state (R2, R24, R35).

import "./frame.js";
import { get } from "./api.js";
import { badge, el, notice, show, table } from "./elements.js";
import { day } from "./format.js";
import { inLanguage, root, t, name } from "./language.js";

const place = document.getElementById("documents");
const COLOUR = { in_force: "good", announced: "info", superseded: "quiet" };

try {
  const { documents } = await get("/v1/documents", { quiet: true });
  show(place, table(t("documents.heading"), [
    {
      title: t("documents.title"),
      cell: (row) => el("a", { href: `${root}/documents/${row.kind}?version=${encodeURIComponent(row.version)}` }, inLanguage(row.title)),
    },
    { title: t("documents.kind"), cell: (row) => name("kind", row.kind) },
    { title: t("documents.version"), cell: (row) => row.version },
    { title: t("documents.effective"), cell: (row) => day(row.effective_at) },
    { title: t("documents.state"), cell: (row) => badge(COLOUR[row.state] ?? "quiet", name("documents.state", row.state)) },
  ], documents));
} catch (problem) {
  show(place, notice("bad", problem.message));
}
