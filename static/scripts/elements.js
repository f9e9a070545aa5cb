// DOM nodes from data, always as text: nothing here turns a string into markup.

/**
 * Makes an element: `el("a", { href, class: "button", onclick: go }, "text", child, …)`.
 * `on…` functions become listeners, `true` a bare attribute, `null`/`false` no attribute; `value` and
 * `checked` are set as properties. Children may be nodes, texts, arrays, or nothing.
 */
export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Puts new children in the place of the old ones. */
export function show(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

let used = 0;
/** An id that is not yet in the page, for labels. */
export function freshId(prefix) {
  used += 1;
  return `${prefix}-${used}`;
}

/** A table. `columns`: `{ title, cell(row), class? }`; on a narrow screen each row becomes a card. */
export function table(caption, columns, rows) {
  const body = el("tbody");
  const whole = el("table", { class: "table" },
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col", class: column.class }, column.title)))),
    body);
  whole.add = (more) => {
    for (const row of more) {
      body.append(el("tr", {}, columns.map((column) => {
        const content = column.cell(row);
        return el("td", { class: column.class, "data-title": column.title }, content === "" ? null : el("span", {}, content));
      })));
    }
  };
  whole.add(rows);
  return whole;
}

/** Name and value pairs. */
export function pairs(entries) {
  return el("dl", { class: "pairs" }, entries.filter(Boolean).map(([key, value]) => el("div", {}, el("dt", {}, key), el("dd", {}, value))));
}

/** A boxed remark; `kind` is `info`, `good`, `warn` or `bad`. */
export function notice(kind, ...children) {
  return el("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, children);
}

/** A short state word with a colour. */
export function badge(kind, text) {
  return el("span", { class: `badge ${kind}` }, text);
}
