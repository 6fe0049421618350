// What is known of one workspace: a snapshot, moved by events. Knows nothing of the page; tells its listeners that something changed.

import { serverNowText } from "./format.js";
import { FINAL, STATES } from "./states.js";

/** So many tasks that are over are remembered, of each state. */
export const ENDED_MAX = 1_000;
const ISSUES_MAX = 20_000;

const byId = (list) => new Map(list.map((item) => [item.id, item]));

export class Store extends EventTarget {
  runtimes = new Map();
  agents = new Map();
  issues = new Map();
  tasks = new Map();
  progress = new Map();
  counts = {};
  loaded = false;
  #leftOut = 0;
  #byState = new Map(STATES.map((state) => [state, new Map()]));

  /** @param snapshot the api's, and in `ended` tasks that are over, the newest of each state */
  load({ runtimes, agents, tasks, counts, tasks_left_out: leftOut = 0, ended = [] }) {
    this.runtimes = byId(runtimes);
    this.agents = byId(agents);
    this.tasks.clear();
    this.progress.clear();
    for (const of of this.#byState.values()) of.clear();
    for (const task of [...ended, ...tasks]) this.#put(task);
    this.counts = { ...Object.fromEntries(STATES.map((state) => [state, 0])), ...counts };
    this.#leftOut = leftOut;
    this.loaded = true;
    this.changed("snapshot");
  }

  /** The known tasks in a state, in the order in which they came into it. */
  in(state) {
    return this.#byState.get(state);
  }

  /** A task that was fetched, which is at least as new as what is known of it. */
  learn(task) {
    const former = this.tasks.get(task.id);
    if (former) this.#count(former.status, task.status);
    this.#put({ ...former, ...task });
    this.changed();
  }

  learnIssues(issues) {
    for (const issue of issues) this.putIssue(issue);
    this.changed();
  }

  /** Its name alone: descriptions may be long, and a page is open for days. */
  putIssue({ id, identifier, title }) {
    this.issues.set(id, { id, identifier, title });
    if (this.issues.size > ISSUES_MAX) this.issues.delete(this.issues.keys().next().value);
  }

  /** @returns whether the event is of a kind that this knows how to apply */
  apply({ type, payload }) {
    const change = CHANGES[type];
    if (change) change(this, payload);
    this.changed(type, payload);
    return change !== undefined;
  }

  changed(type = "learned", payload = null) {
    this.dispatchEvent(new CustomEvent("change", { detail: { type, payload } }));
  }

  /** Moves a task by what a frame says of it and what follows from the frame's type. */
  move(payload, changes) {
    const former = this.tasks.get(payload.task_id);
    const { task_id: id, ...facts } = payload;
    const task = { created_at: serverNowText(), priority: 0, ...former, id, ...facts, ...changes };
    if (!task.status) return;
    if (former) this.#count(former.status, task.status);
    else this.#countUnknown(task.status);
    this.#put(task);
  }

  #count(from, to) {
    if (from === to) return;
    if (from) this.counts[from] = Math.max(0, (this.counts[from] ?? 0) - 1);
    this.counts[to] = (this.counts[to] ?? 0) + 1;
  }

  /** One that is not new waited at the end of a long queue, or was over, and counted, when the snapshot was taken. */
  #countUnknown(state) {
    if (state === "queued") this.#count(null, state);
    else if (this.#leftOut > 0) {
      this.#leftOut--;
      this.#count("queued", state);
    } else if (!FINAL.has(state)) this.#count(null, state);
  }

  #put(task) {
    const former = this.tasks.get(task.id);
    if (former && former.status !== task.status) this.#byState.get(former.status).delete(task.id);
    this.tasks.set(task.id, task);
    const siblings = this.#byState.get(task.status);
    siblings.set(task.id, task);
    if (FINAL.has(task.status)) {
      this.progress.delete(task.id);
      if (siblings.size > ENDED_MAX) this.#forget(siblings.keys().next().value);
    }
  }

  #forget(id) {
    const task = this.tasks.get(id);
    this.tasks.delete(id);
    this.#byState.get(task.status).delete(id);
  }

  forgetWhere(isMeant) {
    for (const task of [...this.tasks.values()]) {
      if (!isMeant(task)) continue;
      this.counts[task.status] = Math.max(0, this.counts[task.status] - 1);
      this.#forget(task.id);
    }
  }
}

const ended = (store, payload) => store.move(payload, { completed_at: serverNowText() });

const CHANGES = {
  "task:queued": (store, payload) => store.move(payload, { status: "queued" }),
  "task:assigned": (store, payload) => store.move(payload, { assigned_at: serverNowText() }),
  "task:dispatch": (store, payload) => {
    store.move(payload, { status: "dispatched", dispatched_at: serverNowText(), started_at: null });
    const runtime = store.runtimes.get(payload.runtime_id);
    if (runtime) runtime.last_claim_at = serverNowText();
  },
  "task:running": (store, payload) => store.move(payload, { status: "running", started_at: serverNowText() }),
  "task:requeued": (store, payload) => {
    store.progress.delete(payload.task_id);
    store.move(payload, { status: "queued", dispatched_at: null, started_at: null });
  },
  "task:ready": (store, payload) => store.move(payload, {}),
  "task:coalesced": (store, payload) => store.move(payload, {}),
  "task:cancel_requested": (store, payload) => store.move(payload, { cancel_requested_at: serverNowText() }),
  "task:completed": ended,
  "task:failed": ended,
  "task:cancelled": ended,
  "task:progress": (store, payload) => {
    if (store.tasks.get(payload.task_id)?.status === "running") store.progress.set(payload.task_id, payload);
  },
  "agent:created": (store, { agent }) => store.agents.set(agent.id, agent),
  "agent:status": (store, { agent }) => agent && store.agents.set(agent.id, { ...store.agents.get(agent.id), ...agent }),
  "agent:deleted": (store, payload) => {
    const id = payload.agent_id ?? payload.id;
    store.agents.delete(id);
    store.forgetWhere((task) => task.agent_id === id);
  },
  "issue:created": (store, { issue }) => store.putIssue(issue),
  "issue:updated": (store, { issue }) => store.putIssue(issue),
  "issue:deleted": (store, payload) => {
    const id = payload.issue_id ?? payload.id;
    store.issues.delete(id);
    store.forgetWhere((task) => task.issue_id === id);
  },
  "daemon:register": (store, payload) => {
    for (const runtime of payload.runtimes ?? []) {
      if (runtime.name) store.runtimes.set(runtime.id, { ...store.runtimes.get(runtime.id), ...runtime });
    }
    for (const id of payload.runtime_ids ?? []) {
      const runtime = store.runtimes.get(id);
      if (runtime) store.runtimes.set(id, { ...runtime, status: "offline" });
    }
  },
  "daemon:deleted": (store, payload) => {
    for (const id of payload.runtime_ids) store.runtimes.delete(id);
  },
};
