// Types in words: what a field is, its limits, and the table of an object's fields.

import { el, table } from "../elements.js";
import { t } from "../language.js";
import { referenced } from "./description.js";

/** A named type with its fields or values. */
export function type(description, [named, schema]) {
  return el("article", { id: `type-${named}`, class: "card type" }, el("h3", {}, el("code", {}, named)), schema.description && el("p", {}, prose(schema.description)), body(description, schema));
}

/** What stands in a body: a table of fields, or the type in a line. */
export function body(description, schema) {
  const reference = referenced(schema);
  if (reference) return [el("p", {}, link(reference)), body(description, description.resolved(schema))];
  if (schema.properties && !schema.oneOf) return fields(schema);
  if (schema.oneOf?.every((part) => part.properties)) return schema.oneOf.map((part) => fields(part));
  return el("p", {}, words(schema));
}

/** The fields of an object. */
function fields(schema) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties).map(([field, of]) => ({ field, of, needed: required.has(field) }));
  return fieldTable(t("developers.fields"), rows);
}

/** Rows of `{ field, of, needed, text?, where? }`. */
export function fieldTable(caption, rows) {
  return table(caption, [
    { title: t("developers.field"), cell: ({ field, needed }) => [el("code", {}, field), needed ? "" : el("span", { class: "muted" }, ` ${t("developers.optional")}`)] },
    { title: t("developers.type"), cell: ({ of, where }) => [words(of), where ? el("span", { class: "muted" }, ` ${where}`) : ""] },
    { title: t("developers.meaning"), class: "prose", cell: ({ of, text }) => prose(text ?? said(of)) },
  ], rows);
}

/** What is said of a field; of one that may be null it stands with the other form. */
const said = (schema) => schema.description ?? schema.oneOf?.find((form) => form.description)?.description ?? "";

/** A text of the description, in which code stands in backquotes. */
export function prose(text) {
  return text === "" ? "" : text.split("`").map((part, place) => (place % 2 === 1 ? el("code", {}, part) : part));
}

const link = (reference) => el("a", { href: `#type-${reference}` }, el("code", {}, reference));

/** A type in words and links: `string, 1–64`, `Money`, `null or one of a, b`. */
export function words(schema) {
  const reference = referenced(schema);
  if (reference) return link(reference);
  const parts = schema.oneOf ?? schema.anyOf;
  if (parts) return joined(parts.map(words), ` ${t("developers.or")} `);
  if (schema.allOf) return joined(schema.allOf.map(words), " + ");
  if (schema.const !== undefined) return el("code", {}, JSON.stringify(schema.const));
  if (schema.enum) return joined(schema.enum.map((value) => el("code", {}, value === null ? "null" : value)), " · ");
  const types = [schema.type ?? t("developers.anything")].flat();
  const inner = types.includes("array") ? [" ", t("developers.of"), " ", words(schema.items ?? {})] : [];
  const limits = limitsOf(schema);
  const nested = types.includes("object") && schema.properties
    ? [" {", joined(Object.entries(schema.properties).map(([field, of]) => [el("code", {}, field), ": ", words(of)]), ", "), "}"] : [];
  const form = schema.pattern ? [" ", el("code", {}, schema.pattern)] : schema.format ? ` (${schema.format})` : "";
  return [types.join(` ${t("developers.or")} `), inner, nested, form, limits ? `, ${limits}` : ""];
}

function limitsOf(schema) {
  const ranges = [[schema.minimum, schema.maximum, ""], [schema.minLength, schema.maxLength, t("developers.characters")], [schema.minItems, schema.maxItems, t("developers.items")]];
  const said = ranges.filter(([least, most]) => least !== undefined || most !== undefined).map(([least, most, unit]) => {
    const range = least === undefined ? `≤ ${most}` : most === undefined ? `≥ ${least}` : least === most ? `${most}` : `${least}–${most}`;
    return unit ? `${range} ${unit}` : range;
  });
  return said.join(", ");
}

const joined = (parts, separator) => parts.flatMap((part, place) => (place === 0 ? [part] : [separator, part]));
