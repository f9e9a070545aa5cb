// The page's language and its texts: `t("front.heading")`, with gaps filled as `t("front.open_now", { time })`.

const html = document.documentElement;

/** `kk`, `ru` or `en`: said by the path, written into the page by the server. */
export const language = html.lang;
/** The path in front of every page of this language: `/kz`, `/ru` or `/en`. */
export const root = html.dataset.root;

const texts = await load(language);

async function load(file) {
  try {
    const answer = await fetch(`/languages/${file}.json`);
    return answer.ok ? await answer.json() : {};
  } catch {
    // Without texts the keys are shown: ugly, but every control stays usable.
    return {};
  }
}

/** The text of a key in the page's language; an unknown key is shown as it is, so that it is noticed. */
export function t(key, gaps = {}) {
  const text = texts[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in gaps ? String(gaps[name]) : whole));
}

/** The text of `group.code` if there is one, else the code itself: for codes that the server may add. */
export function name(group, code) {
  if (code === null || code === undefined || code === "") return "—";
  return texts[`${group}.${code}`] ?? code;
}

/** Of `{kk, ru, en}` the page's language; a plain string is returned as it is. */
export function inLanguage(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : (value[language] ?? value.kk ?? "");
}

let codes = {};
/** Fetches what the stable codes say, for a view that shows them outside of a refusal, which brings its own text. */
export async function learnCodes() {
  codes = await load(`codes-${language}`);
}

/** What a stable code says, in the interface's own words: they are made from its catalogue. */
export const codeText = (code) => codes[code] ?? code;
