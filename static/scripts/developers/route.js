// One route: who may call it, what it takes, what it answers, its codes, and a call of it with curl.

import { badge, el, table } from "../elements.js";
import { copyButton } from "../forms.js";
import { inLanguage, name, t } from "../language.js";
import { curl } from "./curl.js";
import { body, fieldTable, prose } from "./types.js";

/** A route, closed until somebody opens it. */
export function route(description, operation) {
  const node = el("details", { id: operation.id, class: "route" },
    el("summary", {},
      el("span", { class: `method ${operation.method.toLowerCase()}` }, operation.method), " ",
      el("code", { class: "path" }, operation.path), " ",
      el("span", { class: "summary" }, prose(operation.summary))));
  // Several hundred tables are drawn only for who wants them.
  node.addEventListener("toggle", () => node.append(...content(description, operation)), { once: true });
  return node;
}

function content(description, operation) {
  const command = el("code", {}, curl(description, operation));
  return [
    operation.text && operation.text.split("\n\n").map((part) => el("p", {}, prose(part))),
    el("p", {}, el("strong", {}, t("developers.who")), " ", operation.callers.map((caller) => [badge("info", name("developers.caller", caller)), " "])),
    operation.parameters.length > 0 && part(t("developers.parameters"), parameters(operation)),
    operation.body && part(t("developers.body"), requestBody(description, operation.body)),
    part(t("developers.answers"), operation.answers.map(([status, answer]) => answerPart(description, status, answer))),
    operation.codes.length > 0 && part(t("developers.codes"), codeTable(description, operation.codes)),
    part(t("developers.example"), [el("pre", { class: "secret", tabindex: "0" }, command), el("p", {}, copyButton(command, "small"))]),
  ].flat(Infinity).filter(Boolean);
}

const part = (heading, content) => [el("h3", {}, heading), content];

function parameters(operation) {
  const rows = operation.parameters.map(({ name: field, in: place, required, schema, description: text }) =>
    ({ field, of: schema ?? {}, needed: required === true, text: text ?? "", where: name("developers.in", place) }));
  return fieldTable(t("developers.parameters"), rows);
}

function requestBody(description, { content, description: text }) {
  return [text && el("p", {}, prose(text)), inEachType(description, content)];
}

function answerPart(description, status, { description: text, content, headers }) {
  return [
    el("p", {}, badge("good", status), " ", prose(text ?? "")),
    headers && el("p", { class: "muted" }, t("developers.headers"), " ", Object.entries(headers).map(([header, value]) => [el("code", { title: description.resolved(value).description }, header), " "])),
    content && inEachType(description, content),
  ];
}

/** Types that hold the same are named together. */
function inEachType(description, content) {
  const same = new Map();
  for (const [kind, { schema }] of Object.entries(content)) {
    const key = JSON.stringify(schema ?? {});
    same.set(key, [...(same.get(key) ?? []), kind]);
  }
  return [...same].map(([key, kinds]) => [el("p", { class: "muted kinds" }, kinds.map((kind) => [el("code", {}, kind), " "])), body(description, JSON.parse(key))]);
}

/** Codes with their status and text. */
export function codeTable(description, codes) {
  return table(t("developers.codes"), [
    { title: t("developers.code"), cell: (code) => el("code", {}, code) },
    { title: t("developers.status"), class: "number", cell: (code) => description.problem(code).status ?? "" },
    { title: t("developers.meaning"), class: "prose", cell: (code) => inLanguage(description.problem(code)) },
  ], codes);
}
