// What is known of a task: what people should notice first, and the rest as a list.

import { h } from "../dom.js";
import { duration, number, secondsBetween, serverNowText, words } from "../format.js";
import { agentName, ago } from "../parts.js";
import { runtimeHref, taskHref } from "../router.js";
import { PRIORITIES } from "../states.js";
import { placeName } from "./strip.js";

export function notices(task) {
  const found = [];
  if (task.waiting) {
    const until = task.waiting.until ? [" It goes on ", h("b", { text: untilText(task.waiting.until) }), "."] : [];
    found.push(h("p", { class: "notice waits" }, h("b", { text: `Waits: ${words(task.waiting.reason).toLowerCase()}. ` }), task.waiting.detail, until));
  }
  if (task.status === "failed") {
    const reason = task.failure_reason ? `${words(task.failure_reason)}. ` : "Failed. ";
    found.push(h("div", { class: "notice bad" }, h("b", { text: reason }), h("span", { class: "error-text", text: task.error ?? "" })));
  }
  if (task.redriven_by) found.push(h("p", { class: "notice" }, "Retried as ", h("a", { href: taskHref(task.redriven_by), text: "another task" }), "."));
  if (task.parent_task_id) found.push(h("p", { class: "notice" }, "A retry of ", h("a", { href: taskHref(task.parent_task_id), text: "another task" }), "."));
  return found;
}

const untilText = (time) => `in ${duration(Math.max(0, secondsBetween(serverNowText(), time)))}`;

/** A link only where it is one that a browser opens as a page: agents may write anything. */
function pullRequest(url) {
  if (!/^https?:\/\//.test(url ?? "")) return null;
  return ["Pull request", h("a", { href: url, rel: "noreferrer noopener", target: "_blank", text: url.replace(/^https?:\/\//, "") })];
}

/** @param creator who made the issue that the task is for, if that is known */
export function facts(store, task, creator) {
  const runtime = placeName(store.runtimes.get(task.runtime_id));
  const tokens = task.usage.reduce((total, each) => total + each.input_tokens + each.output_tokens, 0);
  const rows = [
    ["Agent", task.agent_name ?? agentName(store, task)],
    ["Runtime", runtime ? h("a", { href: runtimeHref(task.runtime_id), text: runtime }) : (task.runtime_id ? task.runtime_id.slice(0, 8) : "not chosen yet")],
    ["Attempt", `${task.attempt} of ${task.max_attempts}`],
    ["Priority", words(PRIORITIES[task.priority] ?? String(task.priority))],
    ["Created", [ago(task.created_at), " ago"]],
    creator && ["Asked for by", creator],
    task.cancelled_by && ["Cancelled by", task.cancelled_by.name ?? task.cancelled_by.id.slice(0, 8)],
    task.dispatched_at && ["Waited", duration(secondsBetween(task.created_at, task.dispatched_at))],
    task.started_at && (task.completed_at ? ["Ran", duration(secondsBetween(task.started_at, task.completed_at))] : ["Running for", ago(task.started_at)]),
    task.last_activity_at && ["Last sign", [ago(task.last_activity_at), " ago"]],
    pullRequest(task.result?.pr_url),
    tokens > 0 && ["Tokens", number(tokens)],
    task.concurrency_key && ["Concurrency key", task.concurrency_key],
    task.timeout_seconds && ["Time limit", duration(task.timeout_seconds)],
    task.idle_timeout_seconds && ["Silent for at most", duration(task.idle_timeout_seconds)],
    task.result?.session_id && ["Session", h("code", { text: task.result.session_id })],
    task.result?.work_dir && ["Work directory", h("code", { text: task.result.work_dir })],
  ];
  return rows.filter(Boolean).map(([name, value]) => h("div", null, h("dt", { text: name }), h("dd", null, value)));
}
