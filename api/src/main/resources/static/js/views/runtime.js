// One runtime: what it is, what it has in hand, what it did last, and what it has used by day.

import { h, say, showList } from "../dom.js";
import { words } from "../format.js";
import { Drawing, Later } from "../later.js";
import { agentName, ago, cell, column, pill } from "../parts.js";
import { taskHref } from "../router.js";
import { intakeButtons, removeButton, renameButton } from "./intake.js";
import { condition, loads, placeName, slots } from "./strip.js";
import { runtimeUsage } from "./usage.js";

const TASKS_SHOWN = 20;
const NEWS_EVERY = 3_000;
const OTHERWISE = "–";

const when = (time, otherwise) => (time ? [ago(time), " ago"] : otherwise);

/** What a daemon says of itself that is a plain value: versions above all. */
function sayings(metadata) {
  return Object.entries(metadata ?? {})
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value) && value !== "")
    .map(([name, value]) => [words(name), String(value)]);
}

export class RuntimeView {
  title = "Runtime";

  constructor(app, id) {
    Object.assign(this, { app, id });
    this.drawing = new Drawing(() => this.#draw());
    this.news = new Later(NEWS_EVERY, () => this.#fetchTasks());
  }

  mount(root) {
    this.name = h("h1", { tabIndex: -1 });
    this.acts = h("div", { class: "actions" });
    this.gone = h("p", { class: "none", hidden: true, text: "There is no such runtime, or it was removed." });
    this.facts = h("dl", { class: "facts" });
    this.rows = h("tbody");
    const columns = ["Task", "State", "Agent", "Created"];
    this.tasks = h(
      "section",
      { "aria-labelledby": "last-title" },
      h("div", { class: "bar" }, h("h2", { id: "last-title", text: "Last tasks" }), h("a", { href: `#/tasks?runtime=${this.id}`, text: "All of its tasks" })),
      h("div", { class: "table" }, h("table", { "aria-labelledby": "last-title" }, h("thead", null, h("tr", null, columns.map(column))), this.rows)),
    );
    this.usage = h("div");
    root.append(h("div", { class: "page" }, h("div", { class: "bar" }, this.name, this.acts), this.gone, this.facts, this.usage, this.tasks));
    this.#draw();
    this.#fetchTasks();
  }

  unmount() {
    this.isGone = true;
    this.news.stop();
  }

  changed({ type }) {
    if (type === "snapshot" || (type.startsWith("task:") && type !== "task:progress" && type !== "task:messages")) this.news.soon();
    this.drawing.soon();
  }

  #draw() {
    const { store } = this.app;
    if (this.isGone || !store.loaded) return;
    const runtime = store.runtimes.get(this.id);
    this.gone.hidden = runtime !== undefined;
    if (runtime && !this.usageAsked) {
      this.usageAsked = true;
      this.usage.replaceChildren(runtimeUsage(this.app, this.id));
    }
    say(this.name, runtime ? placeName(runtime) : "Runtime");
    const load = loads(store).get(this.id) ?? 0;
    const sign = JSON.stringify([runtime, load]);
    if (this.sign === sign) return;
    this.sign = sign;
    this.acts.replaceChildren(...(runtime ? [intakeButtons(this.app, "runtimes", runtime), renameButton(this.app, runtime), runtime.status !== "online" && removeButton(this.app, runtime)].flat().filter(Boolean) : []));
    this.facts.replaceChildren(...(runtime ? this.#facts(runtime, load) : []));
  }

  #facts(runtime, load) {
    const { kind, text } = condition(runtime);
    const labels = Object.entries(runtime.labels ?? {}).map(([name, value]) => h("span", { class: "tag", text: `${name}=${value}` }));
    const rows = [
      ["State", h("span", { class: `state ${kind}`, text })],
      ["Load", slots(load, runtime.max_concurrent_tasks ?? 1)],
      ["Provider", runtime.provider],
      ["Labels", labels.length > 0 ? labels : "none"],
      ["Machine", runtime.device_info || runtime.daemon_id || OTHERWISE],
      ["Last claim", when(runtime.last_claim_at, "never")],
      ["Last seen", runtime.status === "online" ? "now" : when(runtime.last_seen_at, "never")],
      ["Registered", when(runtime.created_at, OTHERWISE)],
      ...sayings(runtime.metadata),
      ["Id", h("code", { text: runtime.id })],
    ];
    return rows.map(([name, value]) => h("div", null, h("dt", { text: name }), h("dd", null, value)));
  }

  async #fetchTasks() {
    if (this.isGone || document.hidden) return;
    const { api, store, workspace, live, failing } = this.app;
    await failing("its tasks", async () => {
      const { tasks } = await api.get("/api/tasks", { workspace_id: workspace, runtime_id: this.id, limit: TASKS_SHOWN });
      if (this.isGone) return;
      for (const task of tasks) live.wantTitle(task.issue_id);
      this.tasks.hidden = tasks.length === 0;
      showList(this.rows, tasks, {
        key: (task) => task.id,
        signature: (task) => JSON.stringify([task.status, store.issues.get(task.issue_id)?.title]),
        make: (task) => this.#taskRow(store, task),
      });
    });
  }

  #taskRow(store, task) {
    const issue = store.issues.get(task.issue_id);
    const name = [h("span", { class: "mono", text: issue?.identifier ?? task.id.slice(0, 8) }), " ", issue?.title ?? ""];
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, h("a", { href: taskHref(task.id), class: "row-link" }, name)),
      cell("State", pill(task.status)),
      cell("Agent", agentName(store, task)),
      cell("Created", ago(task.created_at), " ago"),
    );
  }
}
