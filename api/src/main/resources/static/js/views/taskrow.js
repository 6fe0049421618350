// A task as a row of a table.

import { h } from "../dom.js";
import { duration, secondsBetween, words } from "../format.js";
import { agentName, ago, cell, issueName, pill } from "../parts.js";
import { taskHref } from "../router.js";
import { FINAL, PRIORITIES } from "../states.js";
import { placeName } from "./strip.js";

const stateOf = (task) => (task.cancel_requested_at && !FINAL.has(task.status) ? "Cancelling" : words(task.status));

export function taskSignature(store, task) {
  const place = placeName(store.runtimes.get(task.runtime_id));
  return JSON.stringify([stateOf(task), task.failure_reason, store.issues.get(task.issue_id)?.title, agentName(store, task), place, task.completed_at, task.attempt]);
}

function ended(task) {
  if (!task.completed_at) return "";
  const ran = task.started_at ? `, ran ${duration(secondsBetween(task.started_at, task.completed_at))}` : "";
  return [ago(task.completed_at), " ago", h("span", { class: "note", text: ran })];
}

/** @param choose is told whether the person chooses it */
export function taskRow(store, task, isChosen, choose) {
  const name = issueName(store, task);
  const box = h("input", { type: "checkbox", checked: isChosen, "aria-label": `Choose ${name}` });
  box.addEventListener("change", () => choose(box.checked));
  const reason = task.status === "failed" && task.failure_reason;
  const runtime = store.runtimes.get(task.runtime_id);
  return h(
    "tr",
    { data: { state: task.status } },
    h("td", { class: "box acts" }, box),
    h(
      "th",
      { scope: "row" },
      h(
        "a",
        { href: taskHref(task.id), class: "row-link" },
        h("span", { class: "mono", text: name }),
        " ",
        store.issues.get(task.issue_id)?.title ?? "",
      ),
    ),
    cell("State", pill(task.status, stateOf(task)), reason && h("span", { class: "note reason", text: words(reason) })),
    cell("Agent", agentName(store, task)),
    cell("Runtime", placeName(runtime) ?? "–"),
    cell("Priority", words(PRIORITIES[task.priority] ?? "")),
    cell("Created", ago(task.created_at), " ago"),
    cell("Finished", ended(task) || "–"),
  );
}
