// Failures: what failed for good and nobody has retried (the dead letters of the api), and how to.

import { h, say, showList } from "../dom.js";
import { plural, words } from "../format.js";
import { Drawing, Later } from "../later.js";
import { action, agentName, ago, issueName } from "../parts.js";
import { go, taskHref } from "../router.js";
import { done } from "../toast.js";

const LIMIT = 200;

export class FailuresView {
  title = "Failures";
  #letters = null;

  constructor(app) {
    this.app = app;
    this.drawing = new Drawing(() => this.#draw());
    this.fetching = new Later(500, () => this.#fetch());
  }

  mount(root) {
    this.count = h("span", { class: "note" });
    this.groups = h("div", { class: "groups" });
    this.list = h("ul", { class: "letters" });
    this.none = h("p", { class: "none", text: "Nothing has failed for good. What does stands here until it is retried.", hidden: true });
    root.append(
      h(
        "div",
        { class: "page" },
        h("div", { class: "bar" }, h("h1", { tabIndex: -1, text: "Failures" }), this.count),
        this.none,
        this.groups,
        this.list,
      ),
    );
    this.#fetch();
  }

  changed({ type }) {
    if (["snapshot", "task:failed", "task:queued", "issue:deleted", "agent:deleted"].includes(type)) this.fetching.soon();
    this.drawing.soon();
  }

  unmount() {
    this.fetching.stop();
  }

  async #fetch() {
    await this.app.failing("the failures", async () => {
      this.#letters = await this.app.api.get("/api/dead-letters", { workspace_id: this.app.workspace, limit: LIMIT });
      this.#draw();
    });
  }

  #draw() {
    if (this.#letters === null) return;
    const { store, live } = this.app;
    for (const task of this.#letters) live.wantTitle(task.issue_id);
    const isAll = this.#letters.length < LIMIT;
    say(this.count, this.#letters.length > 0 ? `${isAll ? "" : "the newest "}${plural(this.#letters.length, "task")}` : "");
    this.none.hidden = this.#letters.length > 0;
    const reasons = [...Map.groupBy(this.#letters, (task) => task.failure_reason ?? "unknown")];
    showList(this.groups, reasons, {
      key: ([reason]) => reason,
      signature: ([reason, tasks]) => `${reason} ${tasks.length}`,
      make: ([reason, tasks]) => this.#group(reason, tasks.length),
    });
    showList(this.list, this.#letters, {
      key: (task) => task.id,
      signature: (task) => JSON.stringify([store.issues.get(task.issue_id)?.title, agentName(store, task), task.redriven_by]),
      make: (task) => this.#letter(task),
    });
  }

  #group(reason, count) {
    return h(
      "div",
      { class: "group" },
      h("b", { text: words(reason) }),
      h("span", { class: "count", text: String(count) }),
      reason !== "unknown" && action("Retry all", { act: () => this.#redriveAll(reason), title: `Retry all that failed with ${words(reason)}` }),
    );
  }

  #letter(task) {
    const { store } = this.app;
    return h(
      "li",
      { class: "letter" },
      h(
        "div",
        null,
        h(
          "a",
          { href: taskHref(task.id), class: "row-link" },
          h("span", { class: "mono", text: issueName(store, task) }),
          " ",
          h("span", { text: store.issues.get(task.issue_id)?.title ?? "" }),
        ),
        h("p", { class: "error-text", text: task.error ?? "" }),
        h("p", { class: "note" }, words(task.failure_reason ?? "unknown"), ` · ${agentName(store, task)} · ${plural(task.attempt, "attempt")} · `, ago(task.completed_at), " ago"),
      ),
      action("Retry", { kind: "main", act: () => this.#redrive(task) }),
    );
  }

  async #redrive(task) {
    await this.app.failing("retry", async () => {
      const made = await this.app.api.post(`/api/tasks/${task.id}/redrive`);
      done("Queued as a new task.");
      go(taskHref(made.id));
    });
  }

  async #redriveAll(reason) {
    await this.app.failing("retry", async () => {
      const { redriven } = await this.app.api.post(`/api/dead-letters/redrive?workspace_id=${this.app.workspace}`, { failure_reason: reason });
      done(redriven > 0 ? `${plural(redriven, "task")} queued again.` : "None could be queued: their agents take no new tasks, or have one waiting.");
      this.fetching.soon();
    });
  }
}
