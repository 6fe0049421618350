// The words of the api for states and reasons, and how people read them.

export const STATES = ["queued", "dispatched", "running", "completed", "failed", "cancelled"];
export const FINAL = new Set(["completed", "failed", "cancelled"]);
export const ACTIVE = new Set(["dispatched", "running"]);
export const PRIORITIES = ["none", "low", "medium", "high", "urgent"];

/** Why tasks fail for good, mostly; the api knows more. */
export const REASONS = [
  "agent_error",
  "agent_timeout",
  "agent_blocked",
  "agent_error.process_failure",
  "agent_error.provider_auth_or_access",
  "agent_error.provider_quota_limit",
  "deadline_run",
  "deadline_start",
  "expired",
  "provider_unavailable",
  "report_lost",
  "runtime_lost",
  "runtime_restarted",
  "timeout",
];

/** Why tasks wait: what comes behind their number. */
export const WAITING = {
  backoff: "between two attempts",
  scheduled: "not due yet",
  agent_paused: "agent paused",
  issue_busy: "agent at work on the same issue",
  key_busy: "concurrency key busy",
  agent_full: "agent at its limit",
  rate_limited: "agent at its rate",
  no_runtime_fits: "no runtime fits",
  all_offline: "runtimes offline",
  runtime_paused: "runtimes paused",
  runtime_deaf: "runtimes do not claim",
  runtime_full: "runtimes full",
  unassigned: "about to be assigned",
  unclaimed: "about to be claimed",
};

const TEN_MINUTES = 600_000;

/** A waiting task's place in its queue: when it came, ten minutes earlier for each step of priority. */
export const rank = (task) => Date.parse(task.created_at) - (task.priority ?? 0) * TEN_MINUTES;

/** Since when the task is in its state. */
export function since(task) {
  if (FINAL.has(task.status)) return task.completed_at ?? task.created_at;
  if (task.status === "running") return task.started_at ?? task.dispatched_at ?? task.created_at;
  return (task.status === "dispatched" && task.dispatched_at) || task.created_at;
}
