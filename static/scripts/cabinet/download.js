// Files that the cabinet makes itself: the contacts and the evidence (R68, R91).

import { el } from "../elements.js";

/** Hands a text to the browser as a download. */
export function saveFile(fileName, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: fileName });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
