// Recordings for calls: the upload, the list with a player for each (R71, R74).

import { call, sendFile, withQuery } from "../api.js";
import { el, notice, show } from "../elements.js";
import { size, time } from "../format.js";
import { actionButton, complaint, confirmed, field, fileField, form } from "../forms.js";
import { t } from "../language.js";
import { pagedTable } from "./paging.js";

const LARGEST = 8 * 1024 * 1024;

export async function recordingsView({ signal }) {
  const list = el("div");
  const refresh = async () => show(list, await recordingList(signal, refresh));
  await refresh();
  return el("div", {},
    el("h1", {}, t("cabinet.recordings")),
    el("p", { class: "muted" }, t("recordings.lead")),
    upload(signal, refresh),
    el("section", { class: "part" }, el("h2", {}, t("recordings.list")), list));
}

/** A recording's length in seconds, begun ones counted. */
export const seconds = (recording) => t("recordings.seconds", { seconds: Math.ceil(recording.duration_ms / 1000) });

/** Plays a recording of the account; nothing of it is loaded before somebody wants to hear it. */
export function player(id, label) {
  return el("audio", { class: "player", controls: true, preload: "none", src: `/v1/audio/${id}/file`, "aria-label": label });
}

function upload(signal, refresh) {
  const result = el("div", { "aria-live": "polite" });
  const uploadForm = form({
    label: t("recordings.upload"),
    fields: [
      field({ name: "name", label: t("recordings.name"), hint: t("recordings.name_hint"), input: { required: true, autocomplete: "off", maxlength: "120" } }),
      fileField({ name: "file", label: t("recordings.file"), hint: t("recordings.file_hint"), accept: ".wav,.mp3,audio/wav,audio/mpeg" }),
    ],
    button: t("recordings.upload_button"),
    act: async ({ name, file }) => {
      if (file.size > LARGEST) throw complaint("file", t("recordings.too_large", { size: size(LARGEST) }));
      show(result);
      try {
        // Which of the two it is its content says; the type only has to be one that is taken.
        const made = await sendFile(withQuery("/v1/audio", { name: name.trim() }), "audio/mpeg", file, { signal });
        show(result, notice("good", t("recordings.uploaded", { name: made.name, duration: seconds(made) })));
        uploadForm.reset();
      } catch (problem) {
        throw problem.code?.startsWith("audio_") ? complaint("file", problem.message) : problem;
      }
      await refresh();
    },
  });
  return el("section", { class: "card part" }, el("h2", {}, t("recordings.upload")), uploadForm, result);
}

function recordingList(signal, refresh) {
  return pagedTable({
    path: "/v1/audio", caption: t("recordings.list"), empty: t("recordings.none"), limit: 50, signal,
    columns: [
      { title: t("common.name_of"), cell: (row) => row.name },
      { title: t("recordings.listen"), cell: (row) => player(row.id, `${t("recordings.listen")}: ${row.name}`) },
      { title: t("recordings.duration"), class: "number", cell: seconds },
      { title: t("common.added"), cell: (row) => time(row.created_at) },
      {
        title: t("common.act"), class: "act",
        cell: (row) => actionButton(t("common.delete"), async () => {
          if (!(await confirmed(t("recordings.delete_question", { name: row.name }), t("common.delete")))) return;
          await call("DELETE", `/v1/audio/${row.id}`);
          await refresh();
        }, "small"),
      },
    ],
  });
}
