// Evidence files for `sendbox verify`: the log's events with their proofs, part by part (R91, R93).

import { get, withQuery } from "../api.js";
import { el } from "../elements.js";
import { actionButton } from "../forms.js";
import { t } from "../language.js";
import { saveFile } from "./download.js";

/**
 * A button that saves the whole evidence; a long one comes in numbered files, which are checked together. No white
 * space is put in: an event proves something in the very bytes that the log committed to.
 */
export function evidenceButton(query, fileName) {
  const said = el("span", { class: "hint", role: "status" });
  const press = actionButton(t("evidence.download"), async () => {
    let cursor = null;
    let part = 0;
    do {
      const file = await get(withQuery("/v1/evidence", { ...query, cursor }));
      part += 1;
      cursor = file.next_cursor;
      const number = part === 1 && !cursor ? "" : `-${part}`;
      saveFile(`${fileName}${number}.json`, "application/json", JSON.stringify(file));
      said.textContent = t("evidence.saved", { parts: part });
    } while (cursor);
  });
  return [press, said];
}
