// A task on the board: which issue, who works on it and where, since when, and what it says.

import { h } from "../dom.js";
import { duration, secondsBetween } from "../format.js";
import { agentName, ago, issueName } from "../parts.js";
import { taskHref } from "../router.js";
import { FINAL, PRIORITIES, since } from "../states.js";

/** What the task says of itself: its last progress, its error, that it is about to end. */
function says(store, task) {
  if (task.status === "failed") return task.error ?? "";
  if (task.status === "running" && task.cancel_requested_at) return "Cancelling…";
  const progress = store.progress.get(task.id);
  if (!progress) return "";
  const step = progress.step ? `${progress.step}${progress.total ? `/${progress.total}` : ""} · ` : "";
  return step + (progress.summary ?? "");
}

/** Where it runs; of one that is over, how long it ran. */
function place(store, task) {
  if (!FINAL.has(task.status)) return store.runtimes.get(task.runtime_id)?.name ?? "";
  return task.started_at && task.completed_at ? `ran ${duration(Math.round(secondsBetween(task.started_at, task.completed_at)))}` : "";
}

/** Everything that a card shows: one that says the same is not drawn again. */
export function cardSignature(store, task) {
  const issue = store.issues.get(task.issue_id);
  const progress = store.progress.get(task.id);
  const facts = [task.status, since(task), says(store, task), issue?.title, agentName(store, task), place(store, task)];
  return JSON.stringify([...facts, task.attempt, task.priority, progress?.total && progress.step / progress.total]);
}

/** @param wasThere whether it stays in its column: then it does not light up */
export function card(store, task, wasThere) {
  const progress = store.progress.get(task.id);
  const text = says(store, task);
  const where = [agentName(store, task), place(store, task)].filter(Boolean).join(" · ");
  const priority = task.priority >= 3 ? PRIORITIES[task.priority] : null;
  return h(
    "a",
    { class: wasThere ? "card" : "card fresh", href: taskHref(task.id), data: { task: task.id, state: task.status } },
    h(
      "span",
      { class: "card-top" },
      h("span", { class: "mono", text: issueName(store, task) }),
      priority && h("span", { class: `flag ${priority}`, text: priority }),
      task.attempt > 1 && h("span", { class: "flag", text: `attempt ${task.attempt}` }),
      ago(since(task)),
    ),
    h("span", { class: "card-title", text: store.issues.get(task.issue_id)?.title ?? "…" }),
    h("span", { class: "card-where", text: where }),
    text && h("span", { class: "card-says", text }),
    progress?.total > 0 && h("progress", { max: progress.total, value: progress.step ?? 0, "aria-label": "Progress" }),
  );
}
