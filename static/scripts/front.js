// The front page: announced changes, Almaty's clock against the lawful hours, and the tariffs.

import "./frame.js";
import { get } from "./api.js";
import { el, notice, show, table } from "./elements.js";
import { almatyNow, day, money } from "./format.js";
import { inLanguage, name, root, t } from "./language.js";

function clock() {
  const now = almatyNow();
  // Half-open: nothing is handed over at 20:00:00 (R81).
  const open = now.hour >= 9 && now.hour < 20;
  document.getElementById("day-now").textContent = t(open ? "front.open_now" : "front.closed_now", { time: now.text });
  document.getElementById("day-dot").classList.toggle("on", open);
  // The drawing is 240 wide: ten units an hour.
  const needle = document.getElementById("day-needle");
  needle.setAttribute("x", String((now.hour * 60 + now.minute) / 6 - 1));
  needle.removeAttribute("visibility");
}

async function tariffs() {
  const place = document.getElementById("tariffs");
  try {
    const { tariffs: rows } = await get("/v1/tariffs", { quiet: true });
    if (rows.length === 0) return show(place, el("p", { class: "muted" }, t("front.no_tariffs")));
    const now = Date.now();
    return show(place, table(t("front.tariffs"), [
      { title: t("tariff.channel"), cell: (row) => name("channel", row.channel) },
      { title: t("tariff.operator"), cell: (row) => name("operator", row.operator) },
      { title: t("tariff.operator_price"), class: "number", cell: (row) => money(row.operator_price) },
      { title: t("tariff.service_price"), class: "number", cell: (row) => money(row.service_price) },
      { title: t("tariff.price"), class: "number", cell: (row) => el("strong", {}, money(row.price)) },
      { title: t("tariff.unit"), cell: (row) => name("unit", row.unit) },
      { title: t("tariff.effective"), cell: (row) => [day(row.effective_at), Date.parse(row.effective_at) > now ? ` (${t("documents.state.announced")})` : ""] },
    ], rows));
  } catch (problem) {
    return show(place, notice("bad", problem.message));
  }
}

/** Changes of documents are announced here before they take effect (R28, R111). */
async function announcements() {
  try {
    const { documents } = await get("/v1/documents", { quiet: true });
    const coming = documents.filter((one) => one.state === "announced");
    show(document.getElementById("announcements"), coming.map((one) => notice("info",
      t("front.announced", { date: day(one.effective_at) }), " ",
      el("a", { href: `${root}/documents/${one.kind}?version=${encodeURIComponent(one.version)}` }, inLanguage(one.title)))));
  } catch {
    // The list of documents says what is wrong; the front page does not need to.
  }
}

clock();
announcements();
setInterval(clock, 15_000);
tariffs();
