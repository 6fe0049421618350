// Questions in front of the page: before something is done that cannot be undone, and for a text.

import { h } from "../dom.js";

let last = 0;

function answer(dialog, read) {
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(read());
    });
    dialog.showModal();
  });
}

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
  return answer(dialog, () => dialog.returnValue === "yes");
}

/** The text that the person enters; null if they leave it. The focus goes back to where it was. */
export function askText(question, label, text, yes) {
  const id = `question-${++last}`;
  const input = h("input", { id: `${id}-text`, type: "text", value: text, maxLength: 500, autofocus: true });
  const no = h("button", { type: "button", text: "Keep it" });
  const dialog = h(
    "dialog",
    { "aria-labelledby": id },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id, text: question }),
      h("div", { class: "field" }, h("label", { htmlFor: input.id, text: label }), input),
      h("div", { class: "actions" }, no, h("button", { value: "yes", class: "main", text: yes })),
    ),
  );
  no.addEventListener("click", () => dialog.close("no"));
  const entered = answer(dialog, () => (dialog.returnValue === "yes" ? input.value.trim() : null));
  input.select();
  return entered;
}
