// Small pieces that several views show.

import { h } from "./dom.js";
import { age, fullTime, words } from "./format.js";
import { taskHref } from "./router.js";

/** How long ago, kept up to date by the clock of the page. */
export const ago = (time) => (time ? h("time", { dateTime: time, title: fullTime(time), text: age(time), data: { ago: "" } }) : null);

export function tickTimes() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = age(time.dateTime);
    if (time.textContent !== text) time.textContent = text;
  }
}

export const pill = (status, text = words(status)) => h("span", { class: "pill", data: { state: status }, text });

export const issueName = (store, task) => store.issues.get(task.issue_id)?.identifier ?? task.id.slice(0, 8);

export const agentName = (store, task) => store.agents.get(task.agent_id)?.name ?? "Private agent";

export const taskLink = (store, task) => h("a", { href: taskHref(task.id), class: "mono", text: issueName(store, task) });

/** A button that copies a text; where there is no clipboard, it selects the element that has it. */
export function copier(text, shown, label = "Copy") {
  const copy = h("button", { type: "button", class: "quiet copy", text: label });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      // Without a secure context there is no clipboard: the person copies what is selected.
      getSelection().selectAllChildren(shown);
      copy.textContent = "Selected";
    }
    setTimeout(() => (copy.textContent = label), 2_000);
  });
  return copy;
}

/** A command to be copied. */
export function command(text) {
  const code = h("code", { text });
  return h("div", { class: "command" }, h("pre", { tabIndex: 0 }, code), copier(text, code));
}

/** A button that waits for what it does, and says what was refused. */
export function action(text, { act, kind = "", title = "" }) {
  const button = h("button", { type: "button", class: `acts ${kind}`.trim(), text, title });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await act();
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

/** A box to tick, with what it is about. */
export function toggle(label, isOn, act) {
  const input = h("input", { type: "checkbox", checked: isOn, on: { change: () => act(input.checked) } });
  return h("label", { class: "check" }, input, label);
}

/** A cell that says on a narrow screen which column it is of. */
export const cell = (label, ...children) => h("td", { data: { label } }, ...children);

/** The head of a column; one of buttons has its name for those who do not see them. */
export const column = (name) => h("th", { scope: "col" }, h("span", name === "" ? { class: "unseen", text: "Actions" } : { text: name }));
