// The request to delete the account: the forfeited balance is shown and acknowledged, and the request can be
// taken back until its date, which the account may name (R55, R120, R121, R128, R217).

import { Act, call, get } from "../api.js";
import { el, notice, pairs, show } from "../elements.js";
import { dayAhead, money, sum, time } from "../format.js";
import { actionButton, complaint, confirmed, field, form, tick } from "../forms.js";
import { name, t } from "../language.js";

const PATH = "/v1/account/deletion";
const NOTICE_DAYS = 30;

async function current(signal) {
  try {
    return await get(PATH, { signal });
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** `moved` is told when a request was made or taken back. */
export async function deletionSection(signal, moved) {
  const place = el("div", { "aria-live": "polite" });
  const paint = async (said) => {
    const [deletion, balance] = await Promise.all([current(signal), get("/v1/balance", { signal })]);
    const act = { paint, moved: () => Promise.all([paint(), moved()]) };
    show(place, said && notice("bad", said), deletion && deletion.state !== "cancelled" ? requested(deletion, act) : request(balance, act));
  };
  await paint();
  return el("section", { class: "card part" }, el("h2", {}, t("deletion.heading")), place);
}

function requested(deletion, { moved }) {
  return [
    notice("warn", t("deletion.requested", { at: time(deletion.due_at) })),
    pairs([
      [t("common.state"), name("deletion.state", deletion.state)],
      [t("deletion.requested_at"), time(deletion.requested_at)],
      [t("deletion.due_at"), time(deletion.due_at)],
      [t("deletion.forfeits"), money(deletion.forfeits)],
    ]),
    deletion.state === "scheduled" && el("p", { class: "actions" }, actionButton(t("deletion.cancel"), async () => {
      await call("DELETE", PATH);
      await moved();
    })),
  ];
}

function request(balance, { paint, moved }) {
  const act = new Act();
  // What is held comes back when the queue ends, so it is forfeited too.
  const forfeits = sum(balance.available, balance.held);
  return [
    el("p", {}, t("deletion.text")),
    notice("warn", t("deletion.warning"), " ", el("strong", {}, money(forfeits))),
    form({
      label: t("deletion.heading"),
      kind: "danger",
      fields: [
        field({ name: "delete_on", label: t("deletion.day"), hint: t("deletion.day_hint"), input: { type: "date", min: dayAhead(NOTICE_DAYS) } }),
        tick({ name: "forfeits", label: t("deletion.acknowledge_money", { amount: money(forfeits) }) }),
        tick({ name: "recipients_duty_acknowledged", label: t("deletion.acknowledge_recipients") }),
      ],
      button: t("deletion.button"),
      act: async (values) => {
        if (!values.forfeits) throw complaint("forfeits", t("deletion.tick_needed"));
        if (!values.recipients_duty_acknowledged) throw complaint("recipients_duty_acknowledged", t("deletion.tick_needed"));
        if (!(await confirmed(t("deletion.question"), t("deletion.button"), el("p", {}, t("deletion.warning"), " ", el("strong", {}, money(forfeits)))))) return;
        try {
          await act.post(PATH, { forfeits, recipients_duty_acknowledged: true, ...(values.delete_on ? { delete_on: values.delete_on } : {}) });
        } catch (problem) {
          if (problem.code !== "forfeit_amount_changed") throw problem;
          // The balance has moved since it was shown: it is shown anew, and acknowledged anew.
          await paint(problem.message);
          return;
        }
        await moved();
      },
    }),
  ];
}
