// The documents' small markdown as DOM nodes: headings, paragraphs, numbered and plain lists, bold.
// Everything else stays text. No markup is ever made from a string.

import { el } from "./elements.js";

/** Nodes for a text. `top` is the level of the highest heading, so that a page keeps one `h1`. */
export function nodes(text, top = 1) {
  const made = [];
  let list = null;
  for (const block of blocks(text)) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(block);
    const numbered = /^(\d{1,4})\.\s+([\s\S]*)$/.exec(block);
    const bullet = /^[-*]\s+([\s\S]*)$/.exec(block);
    if (numbered) {
      // The number is part of the document: `value` keeps it, whatever stands between two items.
      list = continued(list, "ol", made);
      list.append(el("li", { value: numbered[1] }, inline(numbered[2])));
    } else if (bullet) {
      list = continued(list, "ul", made);
      list.append(el("li", {}, inline(bullet[1])));
    } else {
      list = null;
      if (heading) made.push(el(`h${Math.min(6, heading[1].length + top - 1)}`, {}, inline(heading[2])));
      else made.push(el("p", {}, inline(block)));
    }
  }
  return made;
}

/** Paragraphs, headings and list items, each one string; wrapped lines are joined. */
function blocks(text) {
  const found = [];
  let open = false;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const trimmed = line.trim();
    if (trimmed === "") {
      open = false;
    } else if (!open || /^(#{1,6}\s|\d{1,4}\.\s|[-*]\s)/.test(trimmed)) {
      found.push(trimmed);
      open = !/^#{1,6}\s/.test(trimmed);
    } else {
      found[found.length - 1] += ` ${trimmed}`;
    }
  }
  return found;
}

function continued(list, tag, made) {
  if (list?.localName === tag) return list;
  const fresh = el(tag);
  made.push(fresh);
  return fresh;
}

/** Bold parts as elements, the rest as text. */
function inline(text) {
  return text.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 ? el("strong", {}, part) : part));
}
