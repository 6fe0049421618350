// The keyboard: shortcuts, and the list of them.

import { h } from "../dom.js";
import { go } from "../router.js";

const LIST = [
  ["g b", "Board"],
  ["g t", "Tasks"],
  ["g f", "Fleet: runtimes and agents"],
  ["g x", "Failures"],
  ["g d", "Schedules: what is due"],
  ["g w", "Webhooks"],
  ["g s", "Settings"],
  ["n", "New task"],
  ["j / k", "Next or previous task of a list"],
  ["Enter", "Open the task"],
  ["c", "Cancel, on a task's page"],
  ["r", "Retry, on a task's page"],
  ["?", "This list"],
  ["Esc", "Close"],
];
const GO = { b: "#/", t: "#/tasks", f: "#/fleet", x: "#/failures", d: "#/schedules", w: "#/webhooks", s: "#/settings" };
const GO_WITHIN = 1_500;

let goUntil = 0;

function isWriting(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
}

function move(by) {
  const all = [...document.querySelectorAll("#view a.card, #view a.row-link")];
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))].focus();
}

export function showKeys() {
  if (document.querySelector("dialog[open]")) return;
  const dialog = h(
    "dialog",
    { "aria-labelledby": "keys-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "keys-title", text: "Keyboard" }),
      h("dl", { class: "keys" }, LIST.map(([key, what]) => h("div", null, h("dt", null, h("kbd", { text: key })), h("dd", { text: what })))),
      h("div", { class: "actions" }, h("button", { autofocus: true, text: "Close" })),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param view gives the view that is shown, which may have keys of its own */
export function listenForKeys(view) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const isGoing = performance.now() < goUntil;
    goUntil = 0;
    const own = view()?.keys?.[event.key];
    if (event.key === "?") showKeys();
    else if (!view()) return;
    else if (isGoing && GO[event.key]) go(GO[event.key]);
    else if (event.key === "g") goUntil = performance.now() + GO_WITHIN;
    else if (event.key === "n") go("#/new");
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (own) own();
    else return;
    event.preventDefault();
  });
}
