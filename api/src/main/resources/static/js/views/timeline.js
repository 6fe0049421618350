// What happened to a task, in order: from its creation through each attempt to its end.

import { h } from "../dom.js";
import { duration, fullTime, moment, secondsBetween, words } from "../format.js";
import { placeName } from "./strip.js";

const step = (time, state, text, detail = "") => ({ time, state, text, detail });

function steps(store, task) {
  const name = (id) => placeName(store.runtimes.get(id)) ?? (id ? id.slice(0, 8) : "a runtime");
  const found = [step(task.created_at, "queued", "Queued", task.parent_task_id ? "in place of a failed task" : "")];
  const last = task.attempts.at(-1);
  if (task.assigned_at) found.push(step(task.assigned_at, "queued", "Assigned", `to ${name(task.runtime_id)}`));
  for (const each of task.attempts) {
    const number = task.attempts.length > 1 ? ` (claim ${each.claim_generation})` : "";
    if (each.dispatched_at) found.push(step(each.dispatched_at, "dispatched", `Claimed${number}`, `by ${name(each.runtime_id)}`));
    if (each.started_at) found.push(step(each.started_at, "running", "Started", `attempt ${each.attempt} of ${task.max_attempts}`));
    const isLast = each === last && each.ended_at && each.ended_at === task.completed_at;
    if (each.ended_at && !isLast) found.push(step(each.ended_at, "failed", words(each.failure_reason) || "Ended", each.error ?? "back to the queue"));
  }
  if (task.cancel_requested_at) found.push(step(task.cancel_requested_at, "cancelled", "Cancel asked for"));
  if (task.run_after && task.status === "queued") found.push(step(task.run_after, "queued", "May begin"));
  if (task.completed_at) found.push(step(task.completed_at, task.status, words(task.status), task.failure_reason ? words(task.failure_reason) : ""));
  // Equal times keep their order: that of a task's life.
  return found.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** What an event says of its task. */
function told(name, task, { type, time, data }) {
  const at = (state, text, detail) => step(time, state, text, detail);
  switch (type) {
    case "task.queued":
      return at("queued", "Queued", data.parent_task_id ? "in place of a failed task" : "");
    case "task.assigned":
      return at("queued", "Assigned", `to ${name(data.runtime_id)}`);
    case "task.dispatched":
      return at("dispatched", "Claimed", `by ${name(data.runtime_id)}${data.claim_generation > 1 ? `, claim ${data.claim_generation}` : ""}`);
    case "task.running":
      return at("running", "Started", `attempt ${data.attempt} of ${data.max_attempts}`);
    case "task.requeued":
      return at("failed", words(data.failure_reason) || "Given back", data.error ? `${data.error}, back to the queue` : "back to the queue");
    case "task.ready":
      return at("queued", "May begin", "");
    case "task.coalesced":
      return at("queued", "Another comment", "is to be answered too");
    case "task.cancel_requested":
      return at("cancelled", "Cancel asked for", "");
    case "task.completed":
    case "task.failed":
    case "task.cancelled":
      return at(data.status, words(data.status), data.failure_reason && data.failure_reason !== data.status ? words(data.failure_reason) : "");
    default:
      return at(data.status ?? task.status, words(type.replace("task.", "")), "");
  }
}

/** By the task's events; by the task's own times where the log has dropped its beginning. */
function story(store, task, events) {
  if (events[0]?.seq !== 1) return steps(store, task);
  const name = (id) => placeName(store.runtimes.get(id)) ?? (id ? id.slice(0, 8) : "a runtime");
  return events.map((event) => told(name, task, event));
}

/** What happened as list items, each with the time since the one before. */
export function timeline(store, task, events) {
  let before = null;
  return story(store, task, events).map(({ time, state, text, detail }) => {
    const gap = before === null ? null : secondsBetween(before, time);
    before = time;
    return h(
      "li",
      { data: { state } },
      h("time", { dateTime: time, title: fullTime(time), text: moment(time) }),
      h("span", { class: "step" }, h("b", { text }), detail && h("span", { class: "note", text: ` ${detail}` })),
      h("span", { class: "gap note", text: gap === null || gap < 1 ? "" : `+${duration(gap)}` }),
    );
  });
}
