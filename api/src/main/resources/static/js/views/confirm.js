// Asks before something is done that cannot be undone.

import { h } from "../dom.js";

let last = 0;

/** Whether the person says yes; the focus goes back to where it was. */
export function ask(question, text, yes, no) {
  const id = `question-${++last}`;
  const dialog = h(
    "dialog",
    { "aria-labelledby": id },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id, text: question }),
      h("p", { text }),
      h("div", { class: "actions" }, h("button", { value: "no", text: no }), h("button", { value: "yes", class: "danger", autofocus: true, text: yes })),
    ),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}
