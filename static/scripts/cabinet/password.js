// Choosing a new password: by oneself, or because foreign access was reported (R4, R12).

import { call } from "../api.js";
import { field, form } from "../forms.js";
import { t } from "../language.js";

export function passwordForm(changed) {
  return form({
    label: t("account.change_password"),
    fields: [
      field({ name: "current", label: t("account.current_password"), input: { type: "password", autocomplete: "current-password", required: true } }),
      field({ name: "new", label: t("account.new_password"), hint: t("account.password_hint"), input: { type: "password", autocomplete: "new-password", required: true } }),
    ],
    button: t("account.change_password"),
    kind: "",
    act: async (values) => {
      await call("POST", "/v1/account/password", { current: values.current, new: values.new });
      changed();
    },
  });
}
