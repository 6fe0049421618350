// Makes a task: for an agent, or for any runtime that fits.

import { h } from "../dom.js";
import { Fields, form, labels, newKey, select } from "../form.js";
import { words } from "../format.js";
import { go, taskHref } from "../router.js";
import { PRIORITIES } from "../states.js";
import { done } from "../toast.js";
import { watches } from "../who.js";

const ANY = "";

export class NewTaskView {
  title = "New task";
  #fields = new Fields();
  #key = newKey();

  /** @param query may name the agent that is to work on it, or a task to begin from */
  constructor(app, _id, query) {
    this.app = app;
    this.wanted = query.get("agent");
    this.from = query.get("from");
  }

  mount(root) {
    if (watches()) {
      const notice = h("p", { class: "notice", text: "This token may only watch." });
      root.append(h("div", { class: "page narrow" }, h("h1", { tabIndex: -1, text: this.title }), notice));
      return;
    }
    const fields = this.#fields;
    this.agents = h("select", null);
    this.providers = h("datalist", { id: "providers" });
    this.#drawAgents(this.app.store);
    this.any = h(
      "div",
      { class: "pair" },
      fields.add("provider", "Provider", h("input", { type: "text", maxLength: 200, placeholder: "claude", autocomplete: "off" }), "Any provider where it is empty."),
      fields.add("labels", "Labels", h("input", { type: "text", placeholder: "os=linux gpu=yes", autocomplete: "off" }), "What the runtime must have."),
    );
    fields.input("provider").setAttribute("list", "providers");
    this.agents.addEventListener("change", () => (this.any.hidden = this.agents.value !== ANY));
    this.any.hidden = this.agents.value !== ANY;
    const parts = [
      fields.add("title", "Title", h("input", { type: "text", required: true, maxLength: 500, autocomplete: "off" })),
      fields.add("prompt", "Prompt", h("textarea", { rows: 8 }), "What the agent is to do."),
      fields.add("agent_id", "Who works on it", this.agents),
      this.any,
      this.providers,
      fields.add("priority", "Priority", select(PRIORITIES.map((each) => [each, words(each)]))),
      h("details", null, h("summary", { text: "More" }), h("div", { class: "pair" }, this.#terms())),
    ];
    // What was refused may be sent again in other words.
    const onRefused = ({ status }) => status >= 400 && status < 500 && (this.#key = newKey());
    const element = form({ fields, label: "Queue the task", send: () => this.#send(), onRefused }, parts);
    root.append(h("div", { class: "page narrow" }, h("h1", { tabIndex: -1, text: "New task" }), element));
    fields.input("title").focus();
    if (this.from) this.#copy();
  }

  /** Fills the form with what another task was made with. */
  async #copy() {
    await this.app.failing("the task", async () => {
      const { api, store } = this.app;
      const task = await api.get(`/api/tasks/${this.from}`);
      const { title, description } = await api.get(`/api/issues/${task.issue_id}`);
      if (store.agents.has(task.agent_id)) this.agents.value = task.agent_id;
      this.any.hidden = this.agents.value !== ANY;
      const known = { title, prompt: description, priority: PRIORITIES[task.priority], timeout_seconds: task.timeout_seconds, max_attempts: task.max_attempts, concurrency_key: task.concurrency_key };
      for (const [name, value] of Object.entries(known)) this.#fields.input(name).value = value ?? "";
    });
  }

  unmount() {}

  changed({ type }) {
    if (this.agents && (type === "snapshot" || type.startsWith("agent:") || type === "learned")) this.#drawAgents(this.app.store);
  }

  #terms() {
    const fields = this.#fields;
    return [
      fields.add("run_after", "Not before", h("input", { type: "datetime-local" })),
      fields.add("timeout_seconds", "Time limit in seconds", h("input", { type: "number", min: 1 })),
      fields.add("idle_timeout_seconds", "Silent for at most, in seconds", h("input", { type: "number", min: 60 }), "Without a sign of its agent the run is ended and tried again."),
      fields.add("max_attempts", "Attempts at most", h("input", { type: "number", min: 1, placeholder: "2" })),
      fields.add("concurrency_key", "Concurrency key", h("input", { type: "text", maxLength: 200 }), "Of all tasks with this key one runs at a time."),
    ];
  }

  #drawAgents(store) {
    const all = [...store.agents.values()].sort((a, b) => a.name.localeCompare(b.name));
    const signature = JSON.stringify(all.map((agent) => [agent.id, agent.name, agent.intake]));
    if (signature === this.signature) return;
    this.signature = signature;
    const chosen = store.agents.has(this.wanted) ? this.wanted : this.agents.value;
    this.agents.replaceChildren(
      ...all.map((agent) => h("option", { value: agent.id, text: agent.intake === "open" ? agent.name : `${agent.name} (${agent.intake})` })),
      h("option", { value: ANY, text: "Any runtime that fits" }),
    );
    if (chosen && store.agents.has(chosen)) {
      this.agents.value = chosen;
      this.wanted = null;
    }
    if (this.any) this.any.hidden = this.agents.value !== ANY;
    const providers = new Set([...store.runtimes.values()].map((runtime) => runtime.provider));
    this.providers.replaceChildren(...[...providers].map((value) => h("option", { value })));
  }

  #task() {
    const fields = this.#fields;
    const isAny = this.agents.value === ANY;
    const after = fields.text("run_after");
    return {
      title: fields.text("title"),
      prompt: fields.input("prompt").value,
      agent_id: isAny ? null : this.agents.value,
      provider: isAny ? fields.text("provider") || null : null,
      labels: isAny ? labels(fields.text("labels")) : null,
      priority: fields.text("priority"),
      run_after: after ? new Date(after).toISOString() : null,
      timeout_seconds: fields.number("timeout_seconds"),
      idle_timeout_seconds: fields.number("idle_timeout_seconds"),
      max_attempts: fields.number("max_attempts"),
      concurrency_key: fields.text("concurrency_key") || null,
    };
  }

  async #send() {
    const { api, workspace } = this.app;
    const made = await api.post(`/api/tasks?workspace_id=${workspace}`, this.#task(), { "Idempotency-Key": this.#key });
    done("The task is queued.");
    go(taskHref(made.id));
  }
}
