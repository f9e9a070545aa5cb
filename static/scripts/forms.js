// Forms: labelled fields, and errors shown beside the field at fault, which takes the focus.

import { el, freshId, notice, show } from "./elements.js";
import { t } from "./language.js";
import { Problem } from "./api.js";

/** A labelled input. Options: `name`, `label`, `hint`, and attributes of the input under `input`. */
export function field({ name, label, hint, input = {}, control }) {
  const id = freshId(name);
  const node = control ?? el("input", { type: "text", ...input });
  node.id = id;
  node.name = name;
  return wrap(name, id, node, [el("label", { for: id }, label), hint && el("p", { class: "hint", id: `${id}-hint` }, hint), node], hint);
}

/**
 * A labelled file. The browser's own button speaks the browser's language, so ours is drawn under it; the
 * input itself stays in its place, for the keyboard, for screen readers and for a file dropped on it.
 */
export function fileField({ name, label, hint, accept }) {
  const id = freshId(name);
  const chosen = el("span", { class: "file-name", "aria-hidden": "true" }, t("common.no_file"));
  const tell = () => show(chosen, node.files[0]?.name ?? t("common.no_file"));
  const node = el("input", { type: "file", id, name, accept, required: true, onchange: tell });
  const face = el("div", { class: "file" }, el("span", { class: "file-button", "aria-hidden": "true" }, t("common.choose_file")), chosen, node);
  // A form is emptied only after this event.
  queueMicrotask(() => node.form?.addEventListener("reset", () => setTimeout(tell)));
  return wrap(name, id, node, [el("label", { for: id }, label), el("p", { class: "hint", id: `${id}-hint` }, hint), face], hint);
}

/** A labelled list of choices: `options` are `[value, text]`. */
export function choice({ name, label, hint, options, value }) {
  const control = el("select", {}, options.map(([code, text]) => el("option", { value: code }, text)));
  if (value !== undefined) control.value = value;
  return field({ name, label, hint, control });
}

/** A checkbox, never ticked beforehand. `label` may hold links. */
export function tick({ name, label, hint, checked = false }) {
  const id = freshId(name);
  const node = el("input", { type: "checkbox", id, name, checked });
  return wrap(name, id, node, [el("div", { class: "tick" }, node, el("label", { for: id }, label)), hint && el("p", { class: "hint", id: `${id}-hint` }, hint)], hint);
}

function wrap(name, id, node, children, hint) {
  const error = el("p", { class: "field-error", id: `${id}-error`, hidden: true });
  node.setAttribute("aria-describedby", `${hint ? `${id}-hint ` : ""}${id}-error`);
  return el("div", { class: "field", "data-field": name }, children, error);
}

/** The field to look at when the server names a code and no field. */
const FIELD_OF_CODE = {
  offer_not_accepted: "offer",
  pd_consent_not_given: "pd_consent",
  truth_not_declared: "truth_declared",
  attestation_not_given: "attestation",
  credentials_wrong: "password",
  login_taken: "login",
  deletion_day_too_early: "delete_on",
  public_url_not_configured: "opt_out_link",
};

function clear(form) {
  for (const error of form.querySelectorAll(".field-error")) {
    error.hidden = true;
    error.textContent = "";
  }
  for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  form.querySelector(":scope > .form-error")?.remove();
}

/** Shows what is wrong beside its field and focuses it; without a known field, at the form's end. */
export function showProblem(form, problem) {
  clear(form);
  const wanted = problem.field ?? FIELD_OF_CODE[problem.code] ?? (/^(login|password|phone|email|name|kind)_/.exec(problem.code ?? "")?.[1] ?? "");
  const candidates = [wanted, wanted.split(/[.[]/)[0]].filter(Boolean);
  const place = candidates.map((name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`)).find(Boolean);
  if (place) {
    const error = place.querySelector(".field-error");
    error.textContent = problem.message;
    error.hidden = false;
    const node = place.querySelector("input, select, textarea");
    node.setAttribute("aria-invalid", "true");
    node.focus();
    return;
  }
  const box = notice("bad", problem.message);
  box.classList.add("form-error");
  box.tabIndex = -1;
  form.append(box);
  box.focus();
}

/** A complaint of the page itself about a field, before anything is sent. */
export const complaint = (fieldName, message) => new Problem({ code: "page", field: fieldName, message });

/**
 * A form whose sending is `act(values, form)`; while it runs the button is busy and a second press does
 * nothing. Problems are shown beside their fields.
 */
export function form({ fields, button, kind = "primary", act, label }) {
  const press = el("button", { type: "submit", class: `button ${kind}` }, button);
  const node = el("form", { novalidate: true, "aria-label": label }, fields, el("p", { class: "actions" }, press));
  let busy = false;
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    clear(node);
    press.setAttribute("aria-busy", "true");
    try {
      const missing = [...node.querySelectorAll("[required]")].find((input) => (input.type === "file" ? !input.files.length : input.value.trim() === ""));
      if (missing) throw complaint(missing.name, t("error.required"));
      await act(values(node), node);
    } catch (problem) {
      showProblem(node, problem instanceof Problem ? problem : unexpected(problem));
    } finally {
      busy = false;
      press.removeAttribute("aria-busy");
    }
  });
  return node;
}

function unexpected(error) {
  console.error(error);
  return new Problem({ code: "page", message: t("error.page") });
}

function values(node) {
  const read = {};
  for (const input of node.elements) {
    if (!input.name) continue;
    if (input.type === "checkbox") read[input.name] = input.checked;
    else if (input.type === "file") read[input.name] = input.files[0] ?? null;
    else read[input.name] = input.value;
  }
  return read;
}

/** A button that runs `act` once at a time and shows its problem right after itself. */
export function actionButton(text, act, kind = "") {
  const press = el("button", { type: "button", class: `button ${kind}` }, text);
  press.addEventListener("click", async () => {
    if (press.getAttribute("aria-busy")) return;
    press.setAttribute("aria-busy", "true");
    press.nextElementSibling?.classList.contains("button-error") && press.nextElementSibling.remove();
    try {
      await act();
    } catch (error) {
      const problem = error instanceof Problem ? error : unexpected(error);
      const box = notice("bad", problem.message);
      box.classList.add("button-error");
      press.after(box);
    } finally {
      press.removeAttribute("aria-busy");
    }
  });
  return press;
}

/** A button that copies what stands in `source`, and says that it did. */
export function copyButton(source, kind = "") {
  const said = el("span", { class: "hint", role: "status" });
  const press = actionButton(t("common.copy"), async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = t("common.copied");
    } catch {
      // Without HTTPS there is no clipboard, and a browser may refuse it: the text is marked for the person's own keys.
      getSelection().selectAllChildren(source);
      said.textContent = t("common.copy_by_hand");
    }
  }, kind);
  return [press, " ", said];
}

/** Asks before an act that cannot be undone. Resolves to true only on the confirming button. */
export function confirmed(question, button, ...details) {
  return new Promise((resolve) => {
    const id = freshId("question");
    const dialog = el("dialog", { "aria-labelledby": id, class: "dialog" },
      el("h2", { id }, question),
      details,
      el("form", { method: "dialog", class: "actions" },
        el("button", { class: "button", value: "no" }, t("common.back")),
        el("button", { class: "button danger", value: "yes" }, button)));
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
