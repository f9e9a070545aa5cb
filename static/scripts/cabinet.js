// The cabinet: which view a hash names, the menu, and signing in and out (R9, R13).

import "./frame.js";
import { Problem, call, get, whenSignedOut } from "./api.js";
import { el, notice, show } from "./elements.js";
import { actionButton } from "./forms.js";
import { t } from "./language.js";
import { accountView } from "./cabinet/account.js";
import { blacklistView } from "./cabinet/blacklist.js";
import { campaignView } from "./cabinet/campaign.js";
import { campaignsView, newCampaignView } from "./cabinet/campaigns.js";
import { contactsView } from "./cabinet/contacts.js";
import { historyView } from "./cabinet/history.js";
import { overviewView } from "./cabinet/overview.js";
import { recordingsView } from "./cabinet/recordings.js";
import { campaignReportView, comparisonView, reportsView } from "./cabinet/report.js";
import { signInView } from "./cabinet/sign-in.js";
import { signUpView } from "./cabinet/sign-up.js";

const place = document.getElementById("cabinet");

/** Path after `#/`, its view, and the menu's word. Views take `{account, id, query, signal}` and give a node. */
const VIEWS = [
  { path: /^$/, view: overviewView, title: "overview" },
  { path: /^contacts$/, view: contactsView, title: "contacts" },
  { path: /^blacklist$/, view: blacklistView, title: "blacklist" },
  { path: /^recordings$/, view: recordingsView, title: "recordings" },
  { path: /^campaigns$/, view: campaignsView, title: "campaigns" },
  { path: /^campaigns\/new$/, view: newCampaignView, title: "campaigns" },
  { path: /^campaigns\/(cmp_[0-9a-f]+)$/, view: campaignView, title: "campaigns" },
  { path: /^campaigns\/(cmp_[0-9a-f]+)\/report$/, view: campaignReportView, title: "campaigns" },
  { path: /^reports$/, view: reportsView, title: "reports" },
  { path: /^reports\/compare$/, view: comparisonView, title: "reports" },
  { path: /^history$/, view: historyView, title: "history" },
  { path: /^account$/, view: accountView, title: "account" },
];
const PUBLIC = { "sign-in": signInView, "sign-up": signUpView };
const MENU = [["", "overview"], ["contacts", "contacts"], ["blacklist", "blacklist"], ["recordings", "recordings"], ["campaigns", "campaigns"], ["reports", "reports"], ["history", "history"], ["account", "account"]];

/** The signed-in account; `undefined` until asked, `null` when nobody is signed in. */
let account;
let leaving = new AbortController();

function where() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: path.replace(/\/$/, ""), query: new URLSearchParams(query ?? "") };
}

export function go(path) {
  if (location.hash === `#/${path}`) open();
  else location.hash = `#/${path}`;
}

/** Asked for every view: a payment, a decision or another window changes the account's state behind this page. */
async function whoIsThere() {
  if (account === null) return null;
  const first = account === undefined;
  try {
    account = await get("/v1/account", { quiet: first });
  } catch (problem) {
    if (problem.status !== 401 || !first) throw problem;
    account = null;
  }
  return account;
}

async function open() {
  // Leaving a view stops its polling.
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { path, query } = where();
  let node;
  let title = "cabinet";
  try {
    const known = await whoIsThere();
    if (signal.aborted) return;
    const context = {
      query, signal, go, account: known,
      signedIn: (signed) => { account = signed; },
      changed: (now) => { account = now; },
    };
    if (known === null || path in PUBLIC) {
      if (known !== null) return go("");
      node = await (PUBLIC[path] ?? signInView)({ ...context, wanted: path in PUBLIC ? "" : path });
    } else {
      const found = VIEWS.map((entry) => [entry, entry.path.exec(path)]).find(([, match]) => match);
      if (!found) return go("");
      const [entry, match] = found;
      title = entry.title;
      show(place, menu(title), el("p", { class: "muted" }, t("frame.loading")));
      node = await entry.view({ ...context, id: match[1] });
    }
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    if (!(error instanceof Problem)) console.error(error);
    if (error.status === 401) return;
    node = el("div", {}, el("h1", {}, t(`cabinet.${title}`)),
      notice("bad", error instanceof Problem ? error.message : t("error.page")),
      el("p", { class: "actions" }, el("button", { class: "button", type: "button", onclick: open }, t("common.again"))));
  }
  if (signal.aborted) return;
  show(place, account ? menu(title) : null, el("div", { class: account ? "view" : "view alone" }, node));
  const heading = place.querySelector("h1");
  if (heading) {
    document.title = `${heading.textContent} · SENDBOX`;
    if (!place.contains(document.activeElement)) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }
  window.scrollTo(0, 0);
}

function menu(title) {
  return el("div", { class: "menu" },
    el("nav", { "aria-label": t("cabinet.menu") }, el("ul", { class: "plain" }, MENU.map(([path, key]) =>
      el("li", {}, el("a", { href: `#/${path}`, "aria-current": key === title ? "page" : null }, t(`cabinet.${key}`)))))),
    el("div", { class: "who" },
      el("span", { class: "muted" }, account?.login),
      actionButton(t("cabinet.sign_out"), signOut)));
}

async function signOut() {
  try {
    await call("DELETE", "/v1/sessions/current", undefined, { quiet: true });
  } catch (problem) {
    // A session that is already dead is signed out too; anything else must be seen: the session still lives.
    if (problem.status !== 401) throw problem;
  }
  account = null;
  go("sign-in");
}

whenSignedOut(() => {
  const { path } = where();
  const known = account;
  account = null;
  if (known) location.hash = `#/sign-in?ended=1&to=${encodeURIComponent(path)}`;
});
window.addEventListener("hashchange", open);
open();
