// What every page does: the footer from /about.json, the cookie choice, the language switch.

import { el, show } from "./elements.js";
import { inLanguage, t } from "./language.js";
import { startCookieChoice } from "./cookie-choice.js";

/** A value that whoever runs the service has not filled in yet stands in double angle brackets. */
const filled = (value) => (/<<.*>>/.test(value) ? el("span", { class: "muted" }, t("frame.not_filled")) : value);

async function footer() {
  const place = document.getElementById("about");
  try {
    const answer = await fetch("/about.json");
    if (!answer.ok) return;
    const { operator = {}, authority = {} } = await answer.json();
    const line = (key, value) => value && el("div", {}, el("dt", {}, key), el("dd", {}, value));
    const link = (scheme, value) => (/<<.*>>/.test(value ?? "") ? filled(value) : value && el("a", { href: `${scheme}:${value.replace(/[\s()]/g, "")}` }, value));
    show(place, el("dl", { class: "about" },
      line(t("about.operator"), filled(inLanguage(operator.legal_name))),
      line(t("about.bin"), filled(operator.bin ?? "")),
      line(t("about.address"), filled(inLanguage(operator.address))),
      line(t("about.phone"), link("tel", operator.phone)),
      line(t("about.email"), link("mailto", operator.email)),
      line(t("about.support"), link("mailto", operator.support_email)),
      line(t("about.hours"), filled(inLanguage(operator.office_hours))),
      line(t("about.authority"), filled(inLanguage(authority.name)))));
  } catch {
    // The footer's details are not worth an error message; the documents carry them too.
  }
}

/** The same page in another language, with its query and its place within. */
function languages() {
  for (const link of document.querySelectorAll("#languages a")) {
    const path = link.getAttribute("href");
    link.addEventListener("click", () => {
      link.href = path + location.search + location.hash;
    });
  }
}

languages();
footer();
startCookieChoice();
