// Makes a task: for an agent, or for any runtime that fits.

import { h } from "../dom.js";
import { words } from "../format.js";
import { go, taskHref } from "../router.js";
import { PRIORITIES } from "../states.js";
import { done } from "../toast.js";

const ANY = "";

/** A name under which sending this form again makes nothing new; randomUUID wants a secure context. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class NewTaskView {
  title = "New task";
  #fields = new Map();
  #key = newKey();

  constructor(app) {
    this.app = app;
  }

  mount(root) {
    const { store } = this.app;
    this.agents = h("select", { id: "field-agent_id" });
    this.#drawAgents(store);
    this.providers = h("datalist", { id: "providers" });
    this.any = h(
      "div",
      { class: "pair" },
      this.#field("provider", "Provider", h("input", { type: "text", maxLength: 200, placeholder: "claude", autocomplete: "off" }), "Any provider where it is empty."),
      this.#field("labels", "Labels", h("input", { type: "text", placeholder: "os=linux, gpu=yes", autocomplete: "off" }), "The runtime must have them all."),
    );
    this.any.querySelector("input").setAttribute("list", "providers");
    this.agents.addEventListener("change", () => (this.any.hidden = this.agents.value !== ANY));
    this.any.hidden = this.agents.value !== ANY;
    this.error = h("p", { class: "field-error", role: "alert" });
    this.button = h("button", { type: "submit", class: "main", text: "Queue the task" });
    this.form = h(
      "form",
      { class: "form", noValidate: true },
      this.#field("title", "Title", h("input", { type: "text", required: true, maxLength: 500, autocomplete: "off" })),
      this.#field("prompt", "Prompt", h("textarea", { rows: 8 }), "What the agent is to do."),
      this.#field("agent_id", "Who works on it", this.agents),
      this.any,
      this.providers,
      this.#field("priority", "Priority", h("select", null, PRIORITIES.map((each) => h("option", { value: each, text: words(each) })))),
      h("details", null, h("summary", { text: "More" }), h("div", { class: "pair" }, this.#terms())),
      this.error,
      h("div", { class: "actions" }, this.button),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    root.append(h("div", { class: "page narrow" }, h("h1", { tabIndex: -1, text: "New task" }), this.form));
    this.#fields.get("title").input.focus();
  }

  unmount() {}

  changed({ type }) {
    if (type === "snapshot" || type.startsWith("agent:") || type === "learned") this.#drawAgents(this.app.store);
  }

  #terms() {
    return [
      this.#field("run_after", "Not before", h("input", { type: "datetime-local" })),
      this.#field("timeout_seconds", "Time limit in seconds", h("input", { type: "number", min: 1 })),
      this.#field("max_attempts", "Attempts at most", h("input", { type: "number", min: 1, placeholder: "2" })),
      this.#field("concurrency_key", "Concurrency key", h("input", { type: "text", maxLength: 200 }), "Of all tasks with this key one runs at a time."),
    ];
  }

  #drawAgents(store) {
    const all = [...store.agents.values()].sort((a, b) => a.name.localeCompare(b.name));
    const signature = JSON.stringify(all.map((agent) => [agent.id, agent.name, agent.intake]));
    if (signature === this.signature) return;
    this.signature = signature;
    const chosen = this.agents.value;
    this.agents.replaceChildren(
      ...all.map((agent) => h("option", { value: agent.id, text: agent.intake === "open" ? agent.name : `${agent.name} (${agent.intake})` })),
      h("option", { value: ANY, text: "Any runtime that fits" }),
    );
    if (chosen && store.agents.has(chosen)) this.agents.value = chosen;
    const providers = new Set([...store.runtimes.values()].map((runtime) => runtime.provider));
    this.providers?.replaceChildren(...[...providers].map((value) => h("option", { value })));
  }

  #field(name, label, input, hint = "") {
    input.id = `field-${name}`;
    const error = h("p", { class: "field-error", id: `error-${name}` });
    input.setAttribute("aria-describedby", `error-${name}`);
    this.#fields.set(name, { input, error });
    return h("div", { class: "field" }, h("label", { htmlFor: input.id, text: label }), hint && h("p", { class: "note", text: hint }), input, error);
  }

  #task() {
    const value = (name) => this.#fields.get(name).input.value.trim();
    const number = (name) => (value(name) ? Number(value(name)) : null);
    const isAny = this.agents.value === ANY;
    return {
      title: value("title"),
      prompt: this.#fields.get("prompt").input.value,
      agent_id: isAny ? null : this.agents.value,
      provider: isAny ? value("provider") || null : null,
      labels: isAny ? labels(value("labels")) : null,
      priority: value("priority"),
      run_after: value("run_after") ? new Date(value("run_after")).toISOString() : null,
      timeout_seconds: number("timeout_seconds"),
      max_attempts: number("max_attempts"),
      concurrency_key: value("concurrency_key") || null,
    };
  }

  async #send() {
    for (const { input, error } of this.#fields.values()) {
      error.textContent = "";
      input.removeAttribute("aria-invalid");
    }
    this.error.textContent = "";
    this.button.disabled = true;
    try {
      const { api, workspace } = this.app;
      const made = await api.post(`/api/tasks?workspace_id=${workspace}`, this.#task(), { "Idempotency-Key": this.#key });
      done("The task is queued.");
      go(taskHref(made.id));
    } catch (refusal) {
      this.#refused(refusal);
    } finally {
      this.button.disabled = false;
    }
  }

  /** Beside the field where the server names one; what was refused may be sent again in other words. */
  #refused(refusal) {
    if (refusal.status >= 400 && refusal.status < 500) this.#key = newKey();
    const named = refusal.field ?? /^(\w+) is required/.exec(refusal.message)?.[1];
    const field = this.#fields.get(named);
    (field?.error ?? this.error).textContent = refusal.message;
    field?.input.setAttribute("aria-invalid", "true");
    field?.input.closest("details")?.setAttribute("open", "");
    (field?.input ?? this.button).focus();
  }
}

/** Labels as people write them: os=linux, gpu=yes. */
function labels(text) {
  const pairs = text.split(/[,\s]+/).filter(Boolean).map((pair) => [pair.split("=")[0], pair.split("=").slice(1).join("=")]);
  return pairs.length > 0 ? Object.fromEntries(pairs) : null;
}
