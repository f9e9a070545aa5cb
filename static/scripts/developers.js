// The page for developers: every route of /openapi.json by subject, with what it takes and what it answers.

import "./frame.js";
import { get } from "./api.js";
import { el, notice, show } from "./elements.js";
import { name, t } from "./language.js";
import { Description } from "./developers/description.js";
import { codeTable, route } from "./developers/route.js";
import { type } from "./developers/types.js";

const place = document.getElementById("description");
const find = document.getElementById("find");

try {
  const description = new Description(await get("/openapi.json", { quiet: true }));
  const routes = draw(description);
  find.addEventListener("input", () => narrow(routes));
  addEventListener("hashchange", openAddressed);
  openAddressed();
} catch (problem) {
  console.error(problem);
  show(place, notice("bad", problem.message));
}

/** Draws everything and answers the routes' parts with the words by which they are found. */
function draw(description) {
  const routes = [];
  const sections = description.subjects().map(({ subject, operations }) => {
    const parts = operations.map((operation) => {
      const node = route(description, operation);
      routes.push({ node, words: `${operation.method} ${operation.path} ${operation.summary} ${operation.codes.join(" ")}`.toLowerCase() });
      return node;
    });
    return section(`subject-${subject}`, name("developers.subject", subject), parts);
  });
  const types = section("types", t("developers.types"), [el("p", { class: "muted" }, t("developers.types_text")), description.types().map((named) => type(description, named))]);
  const codes = section("codes", t("developers.codes"), [el("p", { class: "muted" }, t("developers.codes_text")), codeTable(description, description.codes())]);
  const all = [...sections, types, codes];
  show(place, all);
  show(document.getElementById("subjects"), el("ul", { class: "plain" }, all.map((node) => el("li", {}, el("a", { href: `#${node.id}` }, node.querySelector("h2").textContent)))));
  return routes;
}

function section(id, heading, content) {
  return el("section", { id, class: "subject", "aria-labelledby": `${id}-heading` }, el("h2", { id: `${id}-heading` }, heading), content);
}

/** Leaves only the routes in which every typed word stands. */
function narrow(routes) {
  const wanted = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const { node, words } of routes) {
    node.hidden = !wanted.every((word) => words.includes(word));
    if (!node.hidden) left += 1;
  }
  for (const node of place.querySelectorAll(".subject")) {
    const own = node.querySelectorAll(":scope > .route");
    node.hidden = wanted.length > 0 && ![...own].some((part) => !part.hidden);
  }
  show(document.getElementById("found"), wanted.length ? t("developers.found", { routes: left }) : "");
}

/** Opens and shows what the address names behind its #. */
function openAddressed() {
  const node = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!node) return;
  if (node.hidden || node.closest("[hidden]")) {
    find.value = "";
    find.dispatchEvent(new Event("input"));
  }
  if (node.tagName === "DETAILS") node.open = true;
  node.scrollIntoView();
}
