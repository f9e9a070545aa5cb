// How a file is understood, shown before it is read, and set by hand (R70).

import { call, get, withQuery } from "../api.js";
import { el, notice, show } from "../elements.js";
import { actionButton, choice, field } from "../forms.js";
import { count } from "../format.js";
import { t } from "../language.js";

const ENCODINGS = ["utf-8", "windows-1251", "kz-1048", "utf-16le", "utf-16be"];
const DELIMITERS = [[",", "comma"], [";", "semicolon"], ["\t", "tab"], ["|", "bar"]];
const USES = ["phone", "name", "consent_source", "consent_date", "decision_consent", "field", "nothing"];

/**
 * Shows how the file of an import is understood. `confirmed` gets the import once its owner had it read.
 */
export function formatStep(begun, signal, confirmed) {
  const path = `/v1/contacts/imports/${begun.id}/format`;
  const place = el("div", { "aria-live": "polite" });
  let now = begun;
  let asked = {};

  const look = async () => {
    try {
      show(place, shown(await get(withQuery(path, asked), { signal })));
    } catch (problem) {
      if (problem.name === "AbortError") return;
      // By another encoding or delimiter it may be readable.
      show(place, notice("bad", problem.message), howWritten({ encoding: asked.encoding, delimiter: asked.delimiter, header_line: null }));
    }
  };
  const ask = (changed) => {
    asked = { ...asked, ...changed };
    return look();
  };
  const readSheet = async (sheet) => {
    now = await call("PUT", `/v1/contacts/workbooks/${now.id}?sheet=${encodeURIComponent(sheet)}`, undefined, { signal, headers: { "upload-offset": now.received_bytes } });
    asked = {};
    await look();
  };

  const howWritten = (format) => {
    const line = field({
      name: "header_line", label: t("format.header_line"), hint: t("format.header_line_hint"),
      input: { type: "number", min: 0, step: 1, value: format.header_line ?? 0, onchange: (event) => ask({ header_line: Math.max(0, Math.trunc(Number(event.target.value) || 0)) }) },
    });
    if (now.sheets.length > 0) {
      const read = now.sheets.find((sheet) => sheet.is_read);
      const sheets = choice({ name: "sheet", label: t("format.sheet"), options: now.sheets.map(({ name }) => [name, name]), value: read?.name });
      onChange(sheets, readSheet);
      return el("div", { class: "format-how" }, sheets, line);
    }
    const encoding = choice({ name: "encoding", label: t("format.encoding"), options: ENCODINGS.map((name) => [name, name.toUpperCase()]), value: format.encoding ?? "utf-8" });
    onChange(encoding, (value) => ask({ encoding: value }));
    const delimiter = choice({ name: "delimiter", label: t("format.delimiter"), options: DELIMITERS.map(([sign, name]) => [sign, t(`format.delimiter.${name}`)]), value: format.delimiter ?? ";" });
    onChange(delimiter, (value) => ask({ delimiter: value }));
    return el("div", { class: "format-how" }, encoding, delimiter, line);
  };

  const onChange = (node, act) => {
    node.querySelector("select").addEventListener("change", async (event) => {
      try {
        await act(event.target.value);
      } catch (problem) {
        if (problem.name !== "AbortError") show(place, notice("bad", problem.message), howWritten(asked));
      }
    });
  };

  const shown = (format) => {
    const uses = format.columns.map((column) => use(column));
    const columnName = (column) => column.name ?? t("contacts.column_number", { number: column.number });
    const head = format.columns.map((column, index) => el("th", { scope: "col", "data-field": `column_${column.number}` }, el("span", {}, columnName(column)), uses[index]));
    const rows = format.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, count(row.line)), format.columns.map((column) => el("td", {}, row.cells[column.number - 1] ?? ""))));
    return [
      format.warnings.map((warning) => notice("warn", warning.message)),
      format.format_by === "remembered" ? notice("info", t("format.remembered")) : null,
      howWritten(format),
      el("p", {}, t("format.columns")),
      el("div", { class: "format-rows", tabindex: 0, role: "region", "aria-label": t("format.rows") },
        el("table", {},
          el("caption", { class: "unseen" }, t("format.rows")),
          el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("contacts.line")), head)),
          el("tbody", {}, rows))),
      el("p", { class: "actions" }, actionButton(t("format.read"), async () => {
        const columns = format.columns.map((column, index) => ({ number: column.number, kept_as: uses[index].value, field: column.field ?? undefined }));
        confirmed(await call("PUT", path, chosen(format, columns), { signal }));
      }, "primary")),
    ];
  };

  /** What is as it was shown is not said again: only what somebody chose is remembered. */
  const chosen = (format, columns) => {
    const changed = columns.some((column, index) => column.kept_as !== format.columns[index].kept_as);
    if (!changed && Object.keys(asked).length === 0) return {};
    const kept = columns.filter((column) => column.kept_as !== "nothing").map(({ field: name, ...column }) => (column.kept_as === "field" && name ? { ...column, field: name } : column));
    return { encoding: format.encoding, delimiter: format.delimiter, header_line: format.header_line ?? 0, columns: kept };
  };

  look();
  return el("div", { class: "format" }, el("h3", {}, t("format.heading")), el("p", {}, t("format.text")), place);
}

function use(column) {
  const node = el("select", { name: `column_${column.number}`, "aria-label": t("format.kept_as", { column: column.name ?? column.number }) }, USES.map((kept) => el("option", { value: kept }, t(`format.kept_as.${kept}`))));
  node.value = column.kept_as;
  return node;
}
