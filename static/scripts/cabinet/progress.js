// A campaign's progress as one drawn bar with its legend: drawn in SVG, whose sizes are attributes and not
// styles, so that the content security policy stays strict.

import { el, svg } from "../elements.js";
import { count } from "../format.js";
import { t } from "../language.js";

/** Parts of the bar, left to right; they add up to `messages`. */
const PARTS = [
  ["delivered", (r) => r.delivered],
  ["awaiting_report", (r) => r.awaiting_report],
  ["undelivered", (r) => r.undelivered + r.expired],
  ["unknown", (r) => r.unknown],
  ["blocked", (r) => r.blocked + r.cancelled],
  ["waiting", (r) => r.queued + r.leased],
];
/** A call is not delivered but answered. */
const OF_CALLS = { delivered: "call.answered", undelivered: "progress.not_reached" };
const WIDTH = 1000;

export function progress(report) {
  const total = Math.max(1, report.messages);
  const settled = report.messages - report.queued - report.leased - report.unknown;
  let x = 0;
  const pieces = PARTS.map(([part, of]) => {
    const width = (of(report) / total) * WIDTH;
    const piece = svg("rect", { class: `part-${part}`, x: x.toFixed(2), y: "0", width: width.toFixed(2), height: "24" });
    x += width;
    return piece;
  });
  const percent = Math.floor((settled / total) * 100);
  return el("div", { class: "campaign-progress" },
    el("p", { class: "progress-head" },
      el("strong", { class: "big" }, `${percent}%`), " ",
      el("span", { class: "muted" }, t("campaign.settled", { settled: count(settled), messages: count(report.messages) }))),
    svg("svg", { viewBox: `0 0 ${WIDTH} 24`, preserveAspectRatio: "none", class: "stack", role: "img", "aria-label": `${percent}%` }, pieces),
    el("ul", { class: "plain legend" }, PARTS.map(([part, of]) => el("li", {},
      svg("svg", { viewBox: "0 0 10 10", width: "10", height: "10", "aria-hidden": "true" }, svg("rect", { class: `part-${part}`, width: "10", height: "10", rx: "3" })),
      ` ${t((report.calls && OF_CALLS[part]) || `progress.${part}`)} `, el("strong", {}, count(of(report)))))));
}
