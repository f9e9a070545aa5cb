// What a campaign sends: in a new campaign a text with its live measure or a recording with its plan of calls, and
// in one that is there what was written or chosen (R71, R72, R73, R78).

import { all, call, get } from "../api.js";
import { el, pairs, show } from "../elements.js";
import { count, money, time } from "../format.js";
import { choice, field, tick } from "../forms.js";
import { t } from "../language.js";
import { player, seconds } from "./recordings.js";

const MEASURE_AFTER_MS = 300;
/** Within what the interface allows. */
const SEGMENTS_MAX = 10;
const ATTEMPTS = ["1", "2", "3"];
const RING_SECONDS = { min: "15", max: "35", usual: "25" };
const GAP_MINUTES = ["5", "10", "15", "30", "60"];

/** The fields of what is sent, and what goes into the request. `ofChannel` is told when another channel is chosen. */
export async function contentFields(signal, ofChannel) {
  const recordings = await all("/v1/audio", {}, 50);
  const fields = el("div");
  const text = textFields(signal);
  const calls = callFields(recordings);
  const channel = choice({ name: "channel", label: t("campaigns.channel"), options: ["text", "voice"].map((one) => [one, t(`campaigns.channel.${one}`)]) });
  const select = channel.querySelector("select");
  const paint = () => show(fields, select.value === "voice" ? calls : text.nodes);
  select.addEventListener("change", () => {
    paint();
    ofChannel(select.value);
  });
  paint();
  return {
    nodes: [channel, fields],
    ofClass: text.ofClass,
    body: (values) => (values.channel === "voice" ? callBody(values) : { channel: "text", text: values.text, opt_out_link: values.opt_out_link }),
  };
}

function textFields(signal) {
  const measure = measurer(signal);
  const text = el("textarea", { rows: "6", required: true, oninput: () => remeasure() });
  const link = tick({ name: "opt_out_link", label: t("campaigns.opt_out_link"), hint: t("campaigns.opt_out_link_hint") });
  const linked = link.querySelector("input");
  const remeasure = () => measure.of(text.value, linked.checked);
  linked.addEventListener("change", remeasure);
  return {
    nodes: [field({ name: "text", label: t("campaigns.text"), hint: t("campaigns.text_hint"), control: text }), measure.node, link],
    /** Advertising always carries the link (R79); of the other classes the owner decides about notices. */
    ofClass: (kind) => {
      linked.checked = kind === "advertising";
      linked.disabled = kind !== "informational";
      remeasure();
    },
  };
}

function callFields(recordings) {
  if (recordings.length === 0) {
    return [el("p", { class: "notice info" }, t("recordings.needed"), " ", el("a", { href: "#/recordings" }, t("cabinet.recordings")))];
  }
  const heard = el("div");
  const recording = choice({ name: "audio", label: t("plan.recording"), options: recordings.map((one) => [one.id, `${one.name} (${seconds(one)})`]) });
  const select = recording.querySelector("select");
  const paint = () => show(heard, player(select.value, t("recordings.listen")));
  select.addEventListener("change", paint);
  paint();
  return [
    recording,
    heard,
    choice({ name: "plan.attempts", label: t("plan.attempts"), hint: t("plan.attempts_hint"), options: ATTEMPTS.map((attempts) => [attempts, attempts]), value: "2" }),
    field({
      name: "plan.ring_seconds", label: t("plan.ring_seconds"), hint: t("plan.ring_seconds_hint"),
      input: { type: "number", required: true, min: RING_SECONDS.min, max: RING_SECONDS.max, value: RING_SECONDS.usual, inputmode: "numeric" },
    }),
    choice({ name: "plan.retry_gap_seconds", label: t("plan.retry_gap"), options: GAP_MINUTES.map((minutes) => [String(minutes * 60), t("plan.minutes", { minutes })]), value: "600" }),
  ];
}

function callBody(values) {
  const plan = ["attempts", "ring_seconds", "retry_gap_seconds"].map((name) => [name, Number.parseInt(values[`plan.${name}`], 10) || 0]);
  return { channel: "voice", audio: values.audio, plan: Object.fromEntries(plan) };
}

/** Encoding, segments, letters left and price, asked a moment after the last key. */
function measurer(signal) {
  const node = el("div", { class: "measure", "aria-live": "polite" }, t("campaigns.measure_empty"));
  let timer = null;
  let asking = null;
  const ask = async (text, link) => {
    asking?.abort();
    asking = new AbortController();
    try {
      const found = await call("POST", "/v1/texts/measure", { text, opt_out_link: link }, { signal: asking.signal });
      show(node,
        el("span", {}, t("campaigns.encoding"), " ", el("strong", {}, found.encoding)),
        el("span", {}, t("campaigns.segments"), " ", el("strong", {}, count(found.segments))),
        el("span", {}, t("campaigns.units_left"), " ", el("strong", {}, count(found.units_left))),
        el("span", {}, t("campaigns.price_per_message"), " ", el("strong", {}, money(found.price_per_message))),
        found.segments > SEGMENTS_MAX && el("span", { class: "field-error" }, t("campaigns.too_long", { most: SEGMENTS_MAX })),
        found.encoding === "UCS-2" && el("span", { class: "hint" }, t("campaigns.ucs2_hint")));
    } catch (problem) {
      if (problem.name !== "AbortError") show(node, el("span", { class: "field-error" }, problem.message));
    }
  };
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    asking?.abort();
  });
  return {
    node,
    of: (text, link) => {
      clearTimeout(timer);
      if (text === "") {
        asking?.abort();
        show(node, t("campaigns.measure_empty"));
      } else {
        timer = setTimeout(() => ask(text, link), MEASURE_AFTER_MS);
      }
    },
  };
}

/** What a campaign sends, as it was written or chosen. */
export function contentOf(campaign) {
  const times = [
    [t("common.created"), time(campaign.created_at)],
    campaign.started_at && [t("campaign.started"), time(campaign.started_at)],
    campaign.finished_at && [t("campaigns.finished"), time(campaign.finished_at)],
  ];
  if (campaign.channel === "voice") return recordingOf(campaign, times);
  return el("section", { class: "part" },
    el("h2", {}, t("campaigns.text")),
    el("blockquote", { class: "message-text" }, campaign.text),
    pairs([
      campaign.opt_out_link && [t("campaign.opt_out_link"), "STOP: …"],
      [t("campaigns.encoding"), campaign.encoding],
      [t("campaigns.segments"), count(campaign.segments)],
      ...times,
      [t("campaign.text_hash"), el("code", {}, campaign.text_sha256)],
      [t("campaign.text_salt"), el("code", {}, campaign.text_salt)],
    ]));
}

function recordingOf(campaign, times) {
  const { attempts, ring_seconds: ring, retry_gap_seconds: gap } = campaign.plan;
  const place = el("div");
  // A campaign that is over may outlive its recording.
  get(`/v1/audio/${campaign.audio}`, { quiet: true }).then(
    (recording) => show(place, el("p", {}, recording.name), player(recording.id, recording.name)),
    (problem) => show(place, el("p", { class: "muted" }, problem.status === 404 ? t("recordings.gone") : problem.message)),
  );
  return el("section", { class: "part" },
    el("h2", {}, t("campaign.recording")),
    place,
    pairs([
      [t("recordings.duration"), seconds(campaign)],
      [t("plan.attempts"), t("plan.whole", { attempts, ring, gap: Math.round(gap / 60) })],
      ...times,
      [t("campaign.audio_hash"), el("code", {}, campaign.audio_sha256)],
    ]));
}
