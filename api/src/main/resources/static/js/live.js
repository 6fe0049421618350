// Keeps the store of one workspace true: follows it with the client, and fetches what frames only hint at.

import { MusterClient } from "../muster-client.js";
import { BASE } from "./api.js";
import { Later } from "./later.js";
import { ENDED_MAX } from "./store.js";
import { clearToast, failed } from "./toast.js";

const ENDED = ["completed", "failed", "cancelled"];
const ENDED_SHOWN = 50;
const OLDER_AT_ONCE = 200;
const PAUSE_MILLIS = 5_000;
const TITLES_AT_ONCE = 100;
const TASKS_AT_ONCE = 20;

/** The client, with the newest tasks that are over: the snapshot holds the open ones alone. */
class PageClient extends MusterClient {
  /** Where the page of older tasks begins, by state. */
  older = new Map();

  async snapshot() {
    const { api, workspace } = this.options;
    // Read before the snapshot, whose counts then hold them all.
    const pages = await Promise.all(
      ENDED.map((status) => api.get("/api/tasks", { workspace_id: workspace, status, limit: ENDED_SHOWN })),
    );
    const snapshot = await super.snapshot();
    ENDED.forEach((status, i) => this.older.set(status, pages[i].next));
    return { ...snapshot, ended: pages.flatMap((page) => page.tasks.toReversed()) };
  }
}

export class Live {
  #client;
  #wanted = new Set();
  #unknown = new Set();
  #incomplete = new Set();

  /**
   * @param api asked for what frames do not say
   * @param connection shows how the connection is
   * @param onRefused is told that this workspace cannot be watched, or not any more
   * @param onFrame is given the frames that are not the store's: output, refusals, changes of workspaces
   */
  constructor({ api, workspace, store, connection, onRefused, onFrame }) {
    Object.assign(this, { api, workspace, store, onFrame });
    this.titles = new Later(200, () => this.#fetchTitles());
    this.runtimes = new Later(1_000, () => this.#fetch("runtimes"));
    this.tasks = new Later(200, () => this.#fetchTasks());
    this.errors = new Later(1_000, () => this.#fetchFailed());
    this.#client = new PageClient({
      api,
      workspace,
      url: BASE,
      token: api.token,
      onSnapshot: (snapshot) => store.load(snapshot),
      onEvent: (frame) => this.#hear(frame),
      onState: (state) => {
        connection.show(state);
        if (state.name === "refused") onRefused(state);
      },
    });
  }

  start() {
    this.#client.start();
  }

  stop() {
    for (const later of [this.titles, this.runtimes, this.tasks, this.errors]) later.stop();
    this.#client.stop();
  }

  subscribe(task, from, generation) {
    this.#client.subscribe(task, from, generation);
  }

  unsubscribe(task) {
    this.#client.unsubscribe(task);
  }

  #hear(frame) {
    const isKnown = this.store.apply(frame);
    if (frame.type === "daemon:register") this.runtimes.soon();
    if (frame.type === "task:failed") this.errors.soon();
    if (frame.type === "task:dispatch" && !this.store.tasks.get(frame.payload.task_id)?.issue_id) {
      this.#incomplete.add(frame.payload.task_id);
      this.tasks.soon();
    }
    if (!isKnown) this.onFrame(frame);
  }

  hasOlder(state) {
    return Boolean(this.#client.older.get(state)) && this.store.in(state).size + OLDER_AT_ONCE <= ENDED_MAX;
  }

  /** Fetches tasks that were over before those that are known. */
  async fetchOlder(status) {
    if (!this.hasOlder(status)) return;
    await this.#ask("older tasks", async () => {
      const cursor = this.#client.older.get(status);
      const page = await this.api.get("/api/tasks", { workspace_id: this.workspace, status, cursor, limit: OLDER_AT_ONCE });
      this.#client.older.set(status, page.next);
      page.tasks.forEach((task) => this.store.learn(task));
    });
  }

  /** Asks for an issue's title, once, together with others that are wanted now. */
  wantTitle(issue) {
    if (this.store.issues.has(issue) || this.#unknown.has(issue)) return;
    this.#wanted.add(issue);
    this.titles.soon();
  }

  async #fetchTitles() {
    const ids = [...this.#wanted].filter((id) => !this.store.issues.has(id)).slice(0, TITLES_AT_ONCE);
    this.#wanted.clear();
    if (ids.length === 0) return;
    await this.#ask("the titles", async () => {
      const page = await this.api.get("/api/issues", { workspace_id: this.workspace, ids: ids.join(","), limit: TITLES_AT_ONCE });
      this.store.learnIssues(page.issues);
      ids.filter((id) => !this.store.issues.has(id)).forEach((id) => this.#unknown.add(id));
    });
  }

  async #fetch(kind) {
    await this.#ask(`the ${kind}`, async () => {
      const list = await this.api.get(`/api/${kind}`, { workspace_id: this.workspace });
      this.store[kind] = new Map(list.map((item) => [item.id, item]));
      this.store.changed();
    });
  }

  /** A claim's frame does not say whose the task is: those that the snapshot left out are asked for. */
  async #fetchTasks() {
    const ids = [...this.#incomplete].slice(-TASKS_AT_ONCE);
    this.#incomplete.clear();
    await this.#ask("the tasks", async () => {
      for (const task of await Promise.all(ids.map((id) => this.api.get(`/api/tasks/${id}`)))) this.store.learn(task);
    });
  }

  /** Frames do not say why a task failed. */
  async #fetchFailed() {
    await this.#ask("the failures", async () => {
      const query = { workspace_id: this.workspace, status: "failed", limit: ENDED_SHOWN };
      for (const task of (await this.api.get("/api/tasks", query)).tasks.toReversed()) {
        if (this.store.tasks.has(task.id)) this.store.learn(task);
      }
    });
  }

  async #ask(what, asked) {
    try {
      await asked();
      clearToast(what);
    } catch (refusal) {
      failed(what, `Could not fetch ${what}: ${refusal.message}`);
      // What is wanted again at once is not asked for at once.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
    }
  }
}
