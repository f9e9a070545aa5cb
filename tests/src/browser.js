// How a person finds things on a page: by the words that are seen. Given to every page of the tests.
globalThis.person = (() => {
  const seen = (node) => node?.checkVisibility({ visibilityProperty: true }) ?? false;
  // An open dialog is all that can be reached.
  const reach = () => document.querySelector("dialog[open]") ?? document.body;
  const all = (selector) => [...reach().querySelectorAll(selector)].filter(seen);
  const plain = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();

  return {
    text: () => plain(document.body.innerText),
    /** The button or link with these words and no others; `{…}` stands for whatever is filled in. */
    control: (words) => {
      const pattern = plain(words).split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+");
      const wanted = new RegExp(`^${pattern}$`);
      const found = all("button, a, summary").filter((node) => wanted.test(plain(node.innerText)));
      return found.find((node) => !node.disabled && !node.getAttribute("aria-busy"));
    },
    /** The input of that name in the last form that has one. */
    field: (name) => all(`[data-field="${CSS.escape(name)}"]`).at(-1)?.querySelector("input, select, textarea"),
    /** Where to press, if it is what would be pressed. */
    middle: (node) => {
      if (!node) return null;
      node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = node.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const top = document.elementFromPoint(x, y);
      return node === top || node.contains(top) ? [x, y] : null;
    },
    complaintBeside: (name) => {
      const shown = all(".field-error, .form-error");
      const input = person.field(name);
      if (shown.length !== 1 || !input || document.activeElement !== input) return null;
      if (shown[0].closest("[data-field]")?.dataset.field !== name) return null;
      if (input.getAttribute("aria-invalid") !== "true") return null;
      return input.getAttribute("aria-describedby").split(" ").includes(shown[0].id) ? shown[0].textContent : null;
    },
    kept: async () => [
      ...Object.keys(localStorage), ...Object.keys(sessionStorage),
      ...(await indexedDB.databases()).map((one) => one.name),
      ...(await globalThis.caches?.keys() ?? []),
      ...(await navigator.serviceWorker?.getRegistrations() ?? []).map((one) => one.scope),
    ],
  };
})();
