// Choosing a new password: by oneself, or with a report of foreign access (R4, R12).

import { call } from "../api.js";
import { field, form } from "../forms.js";
import { t } from "../language.js";

/** A form for the present password and a new one. `path` takes both; `button` says what for. */
export function passwordForm(changed, { path = "/v1/account/password", button = t("account.change_password"), kind = "", asked = async () => true } = {}) {
  return form({
    label: button,
    fields: [
      field({ name: "current", label: t("account.current_password"), input: { type: "password", autocomplete: "current-password", required: true } }),
      field({ name: "new", label: t("account.new_password"), hint: t("account.password_hint"), input: { type: "password", autocomplete: "new-password", required: true } }),
    ],
    button,
    kind,
    act: async (values) => {
      if (!(await asked())) return;
      await call("POST", path, { current: values.current, new: values.new });
      changed();
    },
  });
}
