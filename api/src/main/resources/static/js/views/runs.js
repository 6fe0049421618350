// The other tasks of a task's issue: what was tried before and after.

import { h } from "../dom.js";
import { agentName, ago, pill } from "../parts.js";
import { taskHref } from "../router.js";

const SHOWN_MAX = 20;

export class OtherRuns {
  constructor(app, task) {
    Object.assign(this, { app, task });
    this.list = h("ul", { class: "runs" });
    this.element = h("section", { class: "other-runs", "aria-labelledby": "runs-title", hidden: true }, h("h2", { id: "runs-title", text: "Other runs of the issue" }), this.list);
  }

  async fetch(issue) {
    const { api, store, workspace, failing } = this.app;
    await failing("the other runs", async () => {
      const { tasks } = await api.get("/api/tasks", { workspace_id: workspace, issue_id: issue, limit: SHOWN_MAX });
      const others = tasks.filter((task) => task.id !== this.task);
      this.element.hidden = others.length === 0;
      this.list.replaceChildren(
        ...others.map((task) =>
          h("li", null, pill(task.status), h("a", { href: taskHref(task.id), text: agentName(store, task) }), h("span", { class: "note" }, ago(task.created_at), " ago")),
        ),
      );
    });
  }
}
