// Contacts: the upload with its progress and result, and the list (R61, R62, R67, R70).

import { Act, Problem, all, call, checkSession, get, networkProblem, problemFrom } from "../api.js";
import { badge, el, notice, pairs, show } from "../elements.js";
import { count, size, time } from "../format.js";
import { actionButton, complaint, confirmed, fileField, form, tick } from "../forms.js";
import { codeText, language, learnCodes, name, t } from "../language.js";
import { saveFile } from "./download.js";
import { formatStep } from "./file-format.js";
import { pagedTable } from "./paging.js";
import { statement } from "./statement.js";

const LARGEST = 2 * 1024 * 1024 * 1024;
const LARGEST_WORKBOOK = 50 * 1024 * 1024;
const POLL_MS = 1000;
/** So often in a row a file is sent on without coming any further. */
const TRIES = 5;
/** An import keeps this much of its file's name: the end, where names of one series differ. */
const NAME_CHARACTERS_MAX = 120;

export async function contactsView({ signal }) {
  const [attestation] = await Promise.all([statement("recipients_attestation", signal), learnCodes()]);
  const listPlace = el("div");
  const importsPlace = el("div");
  const refresh = async () => {
    const [contacts, imports] = await Promise.all([contactList(signal, refresh), importList(signal)]);
    show(listPlace, contacts);
    show(importsPlace, imports);
  };
  await refresh();
  return el("div", {},
    el("h1", {}, t("cabinet.contacts")),
    upload(attestation, signal, refresh),
    el("section", { class: "part" }, el("h2", {}, t("contacts.list")), listPlace),
    el("section", { class: "part" }, el("h2", {}, t("contacts.imports")), importsPlace));
}

function upload(attestation, signal, refresh) {
  const act = new Act();
  const result = el("div", { "aria-live": "polite" });
  const uploadForm = form({
    label: t("contacts.upload"),
    fields: [
      fileField({ name: "file", label: t("contacts.file"), hint: t("contacts.file_hint"), accept: ".csv,.tsv,.txt,.xlsx,text/csv,text/plain,application/vnd.ms-excel,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }),
      tick({ name: "confirm", label: t("contacts.look_first"), hint: t("contacts.look_first_hint") }),
      attestation.node,
    ],
    button: t("contacts.upload_button"),
    act: async ({ file, confirm, attestation: given }) => {
      const isWorkbook = await looksPacked(file);
      const largest = isWorkbook ? LARGEST_WORKBOOK : LARGEST;
      if (file.size > largest) throw complaint("file", t("contacts.too_large", { size: size(largest) }));
      if (!given) throw complaint("attestation", t("statement.needed"));
      const fileName = [...file.name].slice(-NAME_CHARACTERS_MAX).join("");
      const made = await act.post("/v1/contacts/imports", { name: fileName, attestation: attestation.body, confirm });
      const progress = progressOf();
      show(result, progress.node);
      progress.node.scrollIntoView({ block: "nearest" });
      try {
        let done = await send({ id: made.id, file, isWorkbook }, progress, signal);
        uploadForm.reset();
        if (done.state === "awaiting_format") done = await confirmedBy(done, result, signal);
        show(result, resultOf(done, signal));
        result.scrollIntoView({ block: "start" });
      } catch (problem) {
        if (problem.name === "AbortError") return;
        show(result, notice("bad", el("p", {}, problem.message), problem.line ? el("p", {}, t("contacts.on_line", { line: count(problem.line) })) : null, el("p", {}, t(problem.failed ? "contacts.nothing_kept" : "contacts.perhaps_read"))));
      }
      await refresh();
    },
  });
  return el("section", { class: "card part" }, el("h2", {}, t("contacts.upload")), uploadForm, result);
}

function progressOf() {
  const bar = el("progress", { max: "1", value: 0, "aria-label": t("contacts.sending") });
  const word = el("p", { class: "hint" });
  return {
    node: el("div", { class: "progress" }, bar, word),
    sent: (bytes, total) => {
      bar.value = total ? bytes / total : 0;
      word.textContent = t("contacts.sent", { sent: size(bytes), total: size(total) });
    },
    reading: (rows) => {
      bar.removeAttribute("value");
      word.textContent = t("contacts.reading", { rows: count(rows) });
    },
  };
}

/** Whether a file is packed as workbooks are, whatever it is called; or an old one, which is told so there. */
async function looksPacked(file) {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const begins = (...bytes) => bytes.every((byte, place) => head[place] === byte);
  return begins(0x50, 0x4b, 0x03, 0x04) || begins(0xd0, 0xcf, 0x11, 0xe0);
}

/** Shows how the file is understood, until its owner has it read; then waits until it is. */
async function confirmedBy(awaiting, result, signal) {
  const begun = await new Promise((resolve, reject) => {
    show(result, formatStep(awaiting, signal, resolve));
    result.scrollIntoView({ block: "start" });
    signal.addEventListener("abort", () => reject(new DOMException("left", "AbortError")), { once: true });
  });
  const progress = progressOf();
  show(result, progress.node);
  return settled(`/v1/contacts/imports/${awaiting.id}`, begun, progress, signal);
}

/** Sends the file, and on where the connection was cut; then waits until it is read. */
async function send({ id, file, isWorkbook }, progress, signal) {
  const path = `/v1/contacts/imports/${id}`;
  const to = isWorkbook ? `/v1/contacts/workbooks/${id}` : `${path}/file`;
  let from = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await settled(path, await sendFrom(to, file, from, progress, signal), progress, signal);
    } catch (problem) {
      if (problem.code !== "network" || tries === TRIES) throw problem;
      await pause(POLL_MS * tries, signal);
      const now = await get(path, { signal });
      if (now.state !== "receiving" && now.state !== "awaiting_file") return settled(path, now, progress, signal);
      if (now.received_bytes > from) tries = 0;
      from = now.received_bytes;
    }
  }
}

/** The import once nothing more happens to it; whoever leaves the page meanwhile finds it in the list. */
async function settled(path, begun, progress, signal) {
  let now = begun;
  while (now.state === "queued" || now.state === "reading") {
    progress.reading(now.rows);
    await pause(POLL_MS, signal);
    now = await get(path, { signal });
  }
  if (now.state === "completed" || now.state === "awaiting_format") return now;
  throw Object.assign(new Problem({ code: now.problem_code, message: codeText(now.problem_code), line: now.problem_line }), { failed: true });
}

const pause = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(new DOMException("left", "AbortError"));
  }, { once: true });
});

function sendFrom(to, file, from, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", to);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("accept-language", language);
    request.setRequestHeader("upload-offset", from);
    request.upload.addEventListener("progress", (event) => progress.sent(from + event.loaded, file.size));
    request.upload.addEventListener("load", () => progress.reading(0));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        try {
          resolve(JSON.parse(request.responseText));
        } catch {
          reject(new Problem({ code: "unreadable_answer", message: t("error.server") }));
        }
        return;
      }
      const problem = problemFrom(request.status, request.responseText, request.getResponseHeader("retry-after"));
      checkSession(problem);
      reject(problem);
    });
    request.addEventListener("error", () => reject(networkProblem()));
    request.addEventListener("abort", () => reject(new DOMException("left", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(file.slice(from));
  });
}

function resultOf(done, signal) {
  const problems = el("div");
  const node = el("div", {},
    done.warnings.map((warning) => notice("warn", warning.message)),
    done.format_by === "remembered" ? notice("info", t("format.remembered")) : null,
    notice(done.rejected || done.duplicates || done.several || done.decision_unclear ? "warn" : "good", t("contacts.done", { imported: count(done.imported) })),
    pairs([
      [t("contacts.rows"), count(done.rows)],
      [t("contacts.imported"), count(done.imported)],
      done.updated ? [t("contacts.updated"), count(done.updated)] : null,
      done.unchanged ? [t("contacts.unchanged"), count(done.unchanged)] : null,
      [t("contacts.duplicates"), count(done.duplicates)],
      [t("contacts.rejected"), count(done.rejected)],
      [t("contacts.blacklisted"), count(done.blacklisted)],
      done.several ? [t("contacts.several"), count(done.several)] : null,
      ...decisionsOf(done),
      ...columnsOf(done.columns),
      done.fields.length ? [t("contacts.fields"), done.fields.map((field) => field.name ?? field.number).join(", ")] : null,
      done.sheets.some((sheet) => sheet.is_read) ? [t("format.sheet"), done.sheets.find((sheet) => sheet.is_read).name] : null,
      done.dropped_columns?.length ? [t("contacts.dropped"), done.dropped_columns.join(", ")] : null,
    ]),
    problems);
  if (hasProblems(done)) problemLines(done.id, problems, signal);
  return node;
}

const hasProblems = (done) => done.rejected + done.duplicates + done.blacklisted + done.several + done.decision_unclear > 0;

/** What the rows say of automated decisions about their people, where the file speaks of them (R99). */
function decisionsOf(done) {
  if (!done.columns?.decision_consent && done.decision_consents + done.decision_refusals === 0) return [];
  return [
    [t("contacts.decision_consents"), count(done.decision_consents)],
    [t("contacts.decision_refusals"), count(done.decision_refusals)],
    [t("contacts.decision_unclear"), count(done.decision_unclear)],
  ];
}

/** Which columns were taken for what, so that a wrong one is seen before anybody is written to. */
function columnsOf(columns) {
  if (!columns) return [];
  const named = (column) => (column ? column.name ?? t("contacts.column_number", { number: column.number }) : t("contacts.no_column"));
  return [
    [t("contacts.column_phone"), named(columns.phone)],
    [t("contacts.column_name"), named(columns.name)],
    [t("contacts.column_consent_source"), named(columns.consent_source)],
    [t("contacts.column_consent_date"), named(columns.consent_date)],
    [t("contacts.column_decision_consent"), named(columns.decision_consent)],
    [t("contacts.header_line"), columns.header_line === null ? t("contacts.no_header") : count(columns.header_line)],
  ];
}

async function problemLines(id, place, signal, fileName) {
  try {
    const lines = await pagedTable({
      path: `/v1/contacts/imports/${id}/problems`, caption: t("contacts.problems"), empty: t("contacts.no_problems"), limit: 10, signal,
      columns: [
        { title: t("contacts.line"), cell: (row) => count(row.line) },
        { title: t("contacts.what"), class: "prose", cell: (row) => row.message },
      ],
    });
    // A file that is refused as a whole may have no line of its own to show.
    if (!lines.classList.contains("list")) return;
    place.append(el("h3", {}, t("contacts.problems"), fileName && `: ${fileName}`), lines);
  } catch (problem) {
    if (problem.name !== "AbortError") place.append(notice("bad", problem.message));
  }
}

const COLOUR = { completed: "good", failed: "bad", receiving: "info", awaiting_format: "warn", queued: "info", reading: "info", awaiting_file: "quiet" };

/** Uploads made; the lines of each with a problem can be looked at again. */
async function importList(signal) {
  const problems = el("div", { class: "part", "aria-live": "polite" });
  const look = async (row) => {
    show(problems);
    await problemLines(row.id, problems, signal, row.name);
    problems.scrollIntoView({ block: "nearest" });
  };
  const confirmLater = async (row) => {
    show(problems);
    confirmedBy(row, problems, signal)
      .then((done) => show(problems, resultOf(done, signal)))
      .catch((problem) => problem.name === "AbortError" || show(problems, notice("bad", problem.message)));
  };
  const list = await pagedTable({
    path: "/v1/contacts/imports", caption: t("contacts.imports"), empty: t("contacts.no_imports"), limit: 10, signal,
    columns: [
      { title: t("common.time"), cell: (row) => time(row.created_at) },
      { title: t("contacts.file_name"), cell: (row) => row.name },
      { title: t("common.state"), cell: (row) => [badge(COLOUR[row.state] ?? "quiet", name("import.state", row.state)), row.problem_code && el("span", { class: "hint" }, ` ${codeText(row.problem_code)}`, row.problem_line && ` ${t("contacts.on_line", { line: count(row.problem_line) })}`)] },
      { title: t("contacts.rows"), class: "number", cell: (row) => count(row.rows) },
      { title: t("contacts.imported"), class: "number", cell: (row) => count(row.imported) },
      { title: t("contacts.rejected"), class: "number", cell: (row) => count(row.rejected) },
      {
        title: t("common.act"), class: "act",
        cell: (row) => {
          if (row.state === "awaiting_format") return actionButton(t("format.look"), () => confirmLater(row), "small");
          return hasProblems(row) ? actionButton(t("contacts.problems"), () => look(row), "small") : "";
        },
      },
    ],
  });
  return el("div", {}, list, problems);
}

async function contactList(signal, refresh) {
  const said = el("div", { "aria-live": "polite" });
  const list = await pagedTable({
    path: "/v1/contacts", caption: t("contacts.list"), empty: t("contacts.none"), limit: 20, signal,
    columns: [
      { title: t("common.phone"), class: "phone", cell: (row) => row.phone },
      { title: t("common.name"), cell: (row) => row.name || "—" },
      { title: t("common.state"), cell: (row) => (row.blacklisted ? badge("bad", t("contacts.in_blacklist")) : badge("good", t("contacts.may_send"))) },
      { title: t("common.added"), cell: (row) => time(row.created_at) },
      {
        title: t("common.act"), class: "act",
        cell: (row) => actionButton(t("common.delete"), async () => {
          if (!(await confirmed(t("contacts.delete_one", { phone: row.phone }), t("common.delete")))) return;
          await call("DELETE", `/v1/contacts/${row.id}`);
          await refresh();
        }, "small"),
      },
    ],
  });
  if (!list.classList.contains("list")) return list;
  return [
    list,
    el("p", { class: "actions" },
      actionButton(t("contacts.save_list"), async () => save(await all("/v1/contacts", {}, Infinity))),
      actionButton(t("contacts.delete_all"), async () => {
        if (!(await confirmed(t("contacts.delete_all_question"), t("contacts.delete_all"), el("p", {}, t("contacts.delete_all_text"))))) return;
        const receipt = await call("DELETE", "/v1/contacts");
        await refresh();
        show(said, notice("good", t("contacts.deleted", { count: count(receipt.deleted), at: time(receipt.at), index: receipt.log_index })));
        document.getElementById("main").querySelector("h1").after(said);
      }, "danger")),
  ];
}

/** The contacts as a CSV file of the visitor's own (R68). */
function save(items) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  // A name that begins like a formula is kept from being run by a spreadsheet. A number is a plus and digits.
  const guarded = (text) => (/^[\s'"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text) ? `'${text}` : text);
  const fields = [...new Set(items.flatMap((one) => Object.keys(one.fields)))];
  const cells = (one) => [quoted(one.phone), ...[one.name, ...fields.map((field) => one.fields[field])].map((text) => quoted(guarded(text ?? "")))];
  const lines = [["phone", "name", ...fields.map((field) => quoted(guarded(field)))].join(","), ...items.map((one) => cells(one).join(","))];
  saveFile("contacts.csv", "text/csv", `${lines.join("\r\n")}\r\n`);
}
