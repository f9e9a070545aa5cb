// The cookie choice: asked before anything optional, three answers of equal weight, reopened from
// the footer, withdrawn as easily as given.
//
// What the categories switch on today: functional, one cookie that remembers the language (R165). Analytics
// and marketing switch on nothing: no such service is built in, so there is nothing to load.

import { Act, call, get } from "./api.js";
import { el, freshId, notice, show } from "./elements.js";
import { day } from "./format.js";
import { actionButton } from "./forms.js";
import { language, root, t } from "./language.js";

const OPTIONAL = ["functional", "analytics", "marketing"];
const YEAR_S = 365 * 24 * 60 * 60;
const act = new Act();
const refusedByBrowser = () => navigator.globalPrivacyControl === true;

/** The choice in force; `null` when there is none yet. */
async function current() {
  try {
    return await get("/v1/cookie-choices/current", { quiet: true });
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** Carries a choice out: with consent the language is remembered, without it the cookie goes (R174). */
function carryOut(choice) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const shared = `; Path=/; SameSite=Lax${secure}`;
  if (choice?.functional) {
    // Never longer than twelve months, nor than the consent itself (R172).
    const left = Math.floor((Date.parse(choice.expires_at) - Date.now()) / 1000);
    const age = Math.max(0, Math.min(YEAR_S, Number.isFinite(left) ? left : 0));
    document.cookie = `language=${language}; Max-Age=${age}${shared}`;
  } else if (/(^|;\s*)language=/.test(document.cookie)) {
    document.cookie = `language=; Max-Age=0${shared}`;
  }
}

async function choose(values, surface) {
  const choice = await act.post("/v1/cookie-choices", { ...values, language, surface });
  carryOut(choice);
  return choice;
}

const same = (value) => Object.fromEntries(OPTIONAL.map((category) => [category, value]));

/** The four categories with their terms, and the buttons. `done` is told the new choice, or `null`. */
function panel(choice, surface, done) {
  const boxes = {};
  const gpc = refusedByBrowser();
  const category = (name) => {
    const necessary = name === "necessary";
    const id = freshId(name);
    const box = el("input", { type: "checkbox", id, name, checked: necessary || (choice?.[name] === true && !gpc), disabled: necessary || gpc, "aria-describedby": `${id}-terms` });
    if (!necessary) boxes[name] = box;
    return el("fieldset", { class: "category" },
      el("div", { class: "tick" }, box, el("label", { for: id }, el("strong", {}, t(`cookies.${name}`)))),
      el("p", { id: `${id}-terms`, class: "hint" }, t(`cookies.${name}_terms`)));
  };
  const read = () => Object.fromEntries(OPTIONAL.map((name) => [name, boxes[name].checked]));
  const decide = (text, values) => actionButton(text, async () => done(await choose(values(), surface)));
  return [
    gpc && notice("info", t("cookies.gpc")),
    ["necessary", ...OPTIONAL].map(category),
    el("p", { class: "actions equal" },
      decide(t("cookies.only_necessary"), () => same(false)),
      // Under the browser's refusal there is nothing left to allow.
      !gpc && decide(t("cookies.save"), read),
      !gpc && decide(t("cookies.accept_all"), () => same(true))),
    choice && el("p", { class: "hint" }, t("cookies.in_force", { version: choice.policy_version, until: day(choice.expires_at) })),
    choice && OPTIONAL.some((name) => choice[name]) && el("p", {}, actionButton(t("cookies.withdraw"), async () => {
      await call("DELETE", "/v1/cookie-choices/current");
      carryOut(null);
      done(null);
    }, "link")),
  ];
}

/** The banner's answer to "choose", and what the footer's link opens. */
function dialog(choice, surface, after) {
  const id = freshId("cookies");
  const box = el("dialog", { class: "dialog", "aria-labelledby": id });
  box.append(
    el("h2", { id }, t("cookies.your_choice")),
    el("p", {}, t("cookies.today")),
    el("div", {}, panel(choice, surface, (made) => {
      box.close();
      after(made);
    })),
    el("form", { method: "dialog", class: "actions" },
      el("a", { href: `${root}/documents/cookie_policy` }, t("cookies.policy_link")),
      el("button", { class: "button link" }, t("common.close"))));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function banner() {
  const id = freshId("banner");
  const box = el("section", { class: "banner", "aria-labelledby": id, tabindex: "-1" });
  const decide = (text, value) => actionButton(text, async () => {
    await choose(same(value), "banner");
    box.remove();
  });
  box.append(el("div", { class: "wide" },
    el("h2", { id }, t("cookies.banner_heading")),
    refusedByBrowser() && el("p", {}, t("cookies.gpc")),
    el("p", {}, t("cookies.banner_text"), " ", el("a", { href: `${root}/documents/cookie_policy` }, t("cookies.policy_link"))),
    el("p", { class: "actions equal" },
      decide(t("cookies.only_necessary"), false),
      el("button", { type: "button", class: "button", onclick: () => dialog(null, "banner", () => box.remove()) }, t("cookies.choose")),
      decide(t("cookies.accept_all"), true))));
  document.body.append(box);
}

/** On the cookies' own page the choice stands in the page. */
function inPage(place, choice, said) {
  show(place, said, panel(choice, "preferences", (made) => {
    const word = made ? t("cookies.saved") : t("cookies.withdrawn");
    inPage(place, made, notice("good", word));
    document.querySelector(".banner")?.remove();
  }));
}

/** Asks when there is no choice in force, and wires the footer's link. */
export async function startCookieChoice() {
  const place = document.getElementById("cookie-choice");
  document.getElementById("open-cookie-choice")?.addEventListener("click", async (event) => {
    if (place) return;
    event.preventDefault();
    let choice = null;
    try {
      choice = await current();
    } catch {
      // The choice can still be made; sending it will say what is wrong.
    }
    dialog(choice, "preferences", () => document.querySelector(".banner")?.remove());
  });
  try {
    const choice = await current();
    carryOut(choice);
    if (place) inPage(place, choice);
    else if (choice === null) banner();
  } catch (problem) {
    // The choice is unknown: nothing optional is kept, and nothing is loaded.
    carryOut(null);
    if (place) show(place, notice("bad", problem.message));
  }
}
