// A list that is read page by page: a table, and a button that fetches more.

import { get, withQuery } from "../api.js";
import { el, table } from "../elements.js";
import { actionButton } from "../forms.js";
import { t } from "../language.js";

/** Reads the first page and gives a node; `empty` is said when there is nothing. */
export async function pagedTable({ path, query = {}, caption, columns, empty, limit = 50, signal }) {
  const read = (cursor) => get(withQuery(path, { ...query, limit, cursor }), { signal });
  const first = await read(null);
  if (first.items.length === 0) return el("p", { class: "muted" }, empty);
  const rows = table(caption, columns, first.items);
  let cursor = first.next_cursor;
  const more = el("p", { class: "actions" });
  if (cursor) {
    more.append(actionButton(t("common.more"), async () => {
      const page = await read(cursor);
      rows.add(page.items);
      cursor = page.next_cursor;
      if (!cursor) more.remove();
    }));
  }
  return el("div", { class: "list" }, rows, cursor ? more : null);
}
