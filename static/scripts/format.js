// Money, numbers and times as the page's language writes them. Times are Almaty's: UTC+05:00, whatever the
// visitor's own zone.

import { language, t } from "./language.js";

const OFFSET_MS = 5 * 60 * 60 * 1000;
const GAP = "\u00a0";

/** A decimal string with its digits grouped; never turned into a float. */
function grouped(decimal) {
  const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === undefined) return decimal;
  const separator = language === "en" ? "," : GAP;
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, separator);
  const point = language === "en" ? "." : ",";
  return `${sign ? "−" : ""}${groups}${fraction === undefined ? "" : point + fraction}`;
}

/** `{amount: "1234.50", currency: "KZT"}` or a bare decimal string as `1 234,50 ₸`. */
export function money(value) {
  if (value === null || value === undefined) return "—";
  return `${grouped(typeof value === "string" ? value : value.amount)}${GAP}₸`;
}

/** The exact sum of two moneys, in whole tiyn. */
export function sum(one, other) {
  const tiyn = (value) => BigInt(value.amount.replace(".", ""));
  const total = tiyn(one) + tiyn(other);
  const digits = String(total < 0n ? -total : total).padStart(3, "0");
  return { amount: `${total < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`, currency: one.currency };
}

/** A whole number with its digits grouped. */
export function count(value) {
  return value === null || value === undefined ? "—" : grouped(String(value));
}

// The zone is fixed by shifting the instant and writing it as UTC: the browser's zone table is never asked.
const shifted = (at) => new Date(Date.parse(at) + OFFSET_MS);
const two = (number) => String(number).padStart(2, "0");
const clock = (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;

/** `2026-11-20T05:00:00Z` as a day in Almaty. */
export function day(at) {
  const date = at ? shifted(at) : null;
  if (!date || Number.isNaN(date.getTime())) return "—";
  return t("date.day", { day: date.getUTCDate(), month: t(`date.month.${date.getUTCMonth() + 1}`), year: date.getUTCFullYear() });
}

/** `2026-11-20T05:00:00Z` as a day and a minute in Almaty. */
export function time(at) {
  const date = at ? shifted(at) : null;
  if (!date || Number.isNaN(date.getTime())) return "—";
  return `${day(at)}, ${clock(date)}`;
}

/** The same with seconds, short: for tables and evidence. */
export function timeExact(at) {
  const date = at ? shifted(at) : null;
  if (!date || Number.isNaN(date.getTime())) return "—";
  const ymd = `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  return `${ymd} ${clock(date)}:${two(date.getUTCSeconds())}`;
}

/** Almaty's clock now: `{text: "14:05", hour, minute}`. */
export function almatyNow() {
  const date = new Date(Date.now() + OFFSET_MS);
  return { text: clock(date), hour: date.getUTCHours(), minute: date.getUTCMinutes() };
}

/** The day in Almaty so many whole days from now, as `2026-12-25`: for fields of days. */
export function dayAhead(days) {
  return shifted(new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString()).toISOString().slice(0, 10);
}

/** Bytes as megabytes or kilobytes. */
export function size(bytes) {
  const mega = bytes / 1048576;
  const [value, unit] = mega >= 1 ? [mega.toFixed(1), t("size.mb")] : [Math.max(1, Math.round(bytes / 1024)).toString(), t("size.kb")];
  return `${grouped(value)}${GAP}${unit}`;
}
