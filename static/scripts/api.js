// Calls to the HTTP interface (docs/API.md): JSON in, JSON out, every failure one kind of error.

import { language, t } from "./language.js";

/** What went wrong, ready to be shown. `code` is stable, `field` names the form field at fault, `line` the line of a file. */
export class Problem extends Error {
  constructor({ code, message, field = null, line = null, status = 0, retryAfter = null }) {
    super(message);
    this.code = code;
    this.field = field;
    this.line = line;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Reads a failed answer's problem body; anything unreadable becomes a general message. */
export function problemFrom(status, text, retryAfter) {
  let body = {};
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    // A proxy's page or nothing at all: the status is all there is.
  }
  const fallback = status >= 500 ? t("error.server") : t("error.refused", { status });
  let message = body.messages?.[language] ?? body.detail ?? fallback;
  const seconds = Number.parseInt(retryAfter ?? "", 10);
  if (seconds > 0) message += ` ${t("error.retry_after", { seconds })}`;
  return new Problem({ code: body.code ?? `http_${status}`, message, field: body.field ?? null, line: body.line ?? null, status, retryAfter: seconds || null });
}

export const networkProblem = () => new Problem({ code: "network", message: t("error.network") });

let onSignedOut = () => {};
/** What to do when the session is gone: the cabinet goes to its sign-in. */
export function whenSignedOut(action) {
  onSignedOut = action;
}
/** Tells that the session is gone; a wrong password is a 401 too, and no reason to leave the page. */
export function checkSession(problem) {
  if (problem.status === 401 && problem.code !== "credentials_wrong") onSignedOut();
}

/** Asks the interface. Answers the JSON body, or `null` when there is none; throws a `Problem`. */
export function call(method, path, body, options) {
  const json = body === undefined ? {} : { type: "application/json", content: JSON.stringify(body) };
  return exchange(method, path, json, options);
}

/** Sends a file as it is, of a type that the interface knows. */
export const sendFile = (path, type, file, options) => exchange("POST", path, { type, content: file }, options);

async function exchange(method, path, { type, content }, { key, signal, quiet, headers: own } = {}) {
  const headers = { ...own, accept: "application/json", "accept-language": language };
  if (type !== undefined) headers["content-type"] = type;
  if (key) headers["idempotency-key"] = key;
  let answer;
  let text;
  try {
    answer = await fetch(path, { method, headers, signal, body: content, credentials: "same-origin" });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw networkProblem();
  }
  if (!answer.ok) {
    const problem = problemFrom(answer.status, text, answer.headers.get("retry-after"));
    if (!quiet) checkSession(problem);
    throw problem;
  }
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({ code: "unreadable_answer", message: t("error.server"), status: answer.status });
  }
}

export const get = (path, options) => call("GET", path, undefined, options);

/**
 * Remembers the key of an act that may be repeated: while the outcome is unknown (no network, server
 * trouble) the same body goes out under the same key, so that nothing is done twice.
 */
export class Act {
  #body = null;
  #key = null;

  async post(path, body) {
    const text = JSON.stringify([path, body ?? null]);
    if (this.#body !== text) {
      this.#body = text;
      this.#key = randomKey();
    }
    try {
      const answer = await call("POST", path, body, { key: this.#key });
      this.#body = null;
      return answer;
    } catch (problem) {
      if (problem.status > 0 && problem.status < 500) this.#body = null;
      throw problem;
    }
  }
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Adds a query to a path; empty values are left out. */
export function withQuery(path, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  return query.size ? `${path}?${query}` : path;
}

/** Goes through all pages of a list, at most `most` items. */
export async function all(path, values = {}, most = 2000) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(withQuery(path, { ...values, limit: 500, cursor }));
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return items;
}
