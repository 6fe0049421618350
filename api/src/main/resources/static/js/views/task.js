// A task's page: how it stands, why it waits, what happened to it, what it says, and what can be done about it.

import { h, say } from "../dom.js";
import { Later } from "../later.js";
import { action, copier, pill, toggle } from "../parts.js";
import { go, taskHref } from "../router.js";
import { ACTIVE, FINAL } from "../states.js";
import { isMarkdown, markdown } from "../markdown.js";
import { done } from "../toast.js";
import { watches } from "../who.js";
import { ask } from "./confirm.js";
import { facts, notices } from "./facts.js";
import { Output } from "./output.js";
import { OtherRuns } from "./runs.js";
import { timeline } from "./timeline.js";

const CHANGED_WAIT = 150;
const WAITING_EVERY = 5_000;
const EVENTS_MAX = 1_000;

export class TaskView {
  title = "Task";

  /** @param query may name a claim and a line of its output */
  constructor(app, id, query) {
    Object.assign(this, { app, id, query });
    this.fetching = new Later(CHANGED_WAIT, () => this.#fetch());
  }

  mount(root) {
    this.heading = h("h1", { tabIndex: -1, text: "Task" });
    this.identifier = h("a", { class: "mono", title: "All tasks of the issue" });
    const id = h("code", { class: "id", text: this.id });
    this.runs = new OtherRuns(this.app, this.id);
    this.state = h("span", { role: "status" });
    this.actions = h("div", { class: "actions" });
    this.notice = h("div");
    this.facts = h("dl", { class: "facts" });
    this.prompt = h("details", { class: "prompt", hidden: true }, h("summary", { text: "Prompt" }), h("pre", { tabIndex: 0 }));
    this.said = h("div");
    this.story = h("ol", { class: "timeline" });
    this.output = new Output(this.app, this.id, this.query);
    this.body = h(
      "div",
      { class: "task-body" },
      h("section", { "aria-labelledby": "timeline-title" }, h("h2", { id: "timeline-title", text: "Timeline" }), this.story, this.runs.element),
      h("div", { class: "task-says" }, this.said, this.output.element),
    );
    root.append(
      h(
        "article",
        { class: "page task-page" },
        h("p", { class: "crumbs" }, h("a", { href: "#/tasks", text: "Tasks" }), " / ", this.identifier, " / ", id, copier(this.id, id, "Copy id")),
        h("header", { class: "task-head" }, this.heading, this.state, this.actions),
        this.notice,
        this.facts,
        this.prompt,
        this.body,
      ),
    );
    // Nothing tells that the reason to wait is another one.
    this.timer = setInterval(() => this.task?.status === "queued" && !document.hidden && this.fetching.soon(), WAITING_EVERY);
    this.#fetch();
  }

  unmount() {
    clearInterval(this.timer);
    this.fetching.stop();
    this.output.stop();
    this.isGone = true;
  }

  changed({ type, payload }) {
    if (type === "snapshot" || (type !== "task:progress" && payload?.task_id === this.id)) this.fetching.soon();
    if (this.task && type === "task:queued" && payload.issue_id === this.task.issue_id) this.runs.fetch(this.task.issue_id);
    if (type === "task:progress" && payload.task_id === this.id) this.output.progress(payload);
    if (type === "task:messages" && payload.task_id === this.id) this.output.add(payload.messages);
  }

  async #fetch() {
    await this.app.failing("the task", async () => {
      const task = await this.app.api.get(`/api/tasks/${this.id}`).catch((refusal) => this.#missing(refusal));
      if (this.isGone || !task) return;
      if (task.workspace_id !== this.app.workspace) return this.app.enter(task.workspace_id);
      const { events } = await this.app.api.get(`/api/workspaces/${task.workspace_id}/events`, { subject: this.id, limit: EVENTS_MAX });
      if (this.isGone) return;
      this.task = task;
      this.app.store.learn(task);
      this.#draw(task, events);
      if (!this.hasPrompt) await this.#fetchPrompt(task.issue_id);
    });
  }

  #missing(refusal) {
    if (refusal.status !== 404) throw refusal;
    if (this.isGone) return null;
    say(this.heading, "There is no such task, or it is not yours to see");
    this.body.remove();
    return null;
  }

  async #fetchPrompt(issue) {
    const { description, ...made } = await this.app.api.get(`/api/issues/${issue}`);
    this.hasPrompt = true;
    this.creator = made.creator_type === "agent" ? this.app.store.agents.get(made.creator_id)?.name : (await this.app.role).get(made.creator_id);
    if (this.isGone) return;
    this.facts.replaceChildren(...facts(this.app.store, this.task, this.creator));
    await this.runs.fetch(issue);
    this.prompt.hidden = !description;
    say(this.prompt.querySelector("pre"), description ?? "");
  }

  #draw(task, events) {
    const { store } = this.app;
    this.title = task.issue.title;
    document.title = `${task.issue.title} · Muster`;
    say(this.heading, task.issue.title);
    say(this.identifier, task.issue.identifier);
    this.identifier.href = `#/tasks?q=${encodeURIComponent(task.issue.identifier)}`;
    this.state.replaceChildren(pill(task.status, task.cancel_requested_at && !FINAL.has(task.status) ? "Cancelling" : undefined));
    this.#drawActions(task);
    this.notice.replaceChildren(...notices(task));
    this.facts.replaceChildren(...facts(store, task, this.creator));
    this.#drawResult(task.result);
    this.story.replaceChildren(...timeline(store, task, events));
    this.output.show(task);
  }

  /** As Markdown where it looks like it, and raw for who wants that. */
  #drawResult(result) {
    const text = String(result?.output ?? (result ? JSON.stringify(result, null, 2) : ""));
    if (text === this.result || text === "") return;
    this.result = text;
    const raw = h("pre", { tabIndex: 0, text });
    const section = h("section", { class: "result", "aria-labelledby": "result-title" }, h("div", { class: "bar" }, h("h2", { id: "result-title", text: "Result" }), copier(text, raw)), raw);
    if (isMarkdown(text)) {
      const formatted = markdown(text);
      section.firstChild.append(toggle("Formatted", true, (isOn) => (isOn ? raw.replaceWith(formatted) : formatted.replaceWith(raw))));
      raw.replaceWith(formatted);
    }
    this.said.replaceChildren(section);
    this.output.ended(text, section);
  }

  /** Drawn anew only where others are possible, so that nobody loses the button they are on. */
  #drawActions(task) {
    const isOver = FINAL.has(task.status);
    const possible = [!isOver && !task.cancel_requested_at && "cancel", isOver && "retry", isOver && "edit"].filter(Boolean);
    if (possible.join() === this.possible) return;
    this.possible = possible.join();
    const hadFocus = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(
      ...possible.map((name) => {
        if (name === "edit") return action("Edit and retry", { act: () => go(`#/new?from=${this.id}`), title: "Another task, with a prompt or terms of its own" });
        if (name === "cancel") return action("Cancel", { kind: "danger", act: () => this.cancel(), title: "Cancel this task (c)" });
        return action("Retry", { kind: task.status === "failed" ? "main" : "", act: () => this.retry(), title: "Another run by the same agent on the same issue (r)" });
      }),
    );
    if (hadFocus) (this.actions.querySelector("button") ?? this.heading).focus();
  }

  keys = {
    c: () => !watches() && this.possible?.includes("cancel") && this.cancel(),
    r: () => !watches() && this.possible?.includes("retry") && this.retry(),
  };

  async cancel() {
    const isRunning = ACTIVE.has(this.task.status);
    const text = isRunning ? "Its runtime is asked to end the agent; what it did so far stays." : "It has not begun, and ends at once.";
    if (!(await ask(`Cancel ${this.task.issue.identifier}?`, text, "Cancel the task", "Keep it"))) return;
    await this.app.failing("cancel", async () => {
      await this.app.api.post(`/api/tasks/${this.id}/cancel`);
      done(isRunning ? "The runtime has been asked to end the task." : "The task is cancelled.");
      this.fetching.soon();
    });
  }

  async retry() {
    await this.app.failing("retry", async () => {
      const made = await this.app.api.post(retryPath(this.task));
      done("Queued as a new task.");
      go(taskHref(made.id));
    });
  }
}

/** A failed task that is taken up again is no dead letter any more; of any other there is just another run. */
export const retryPath = (task) => `/api/tasks/${task.id}/${task.status === "failed" && !task.redriven_by ? "redrive" : "rerun"}`;
