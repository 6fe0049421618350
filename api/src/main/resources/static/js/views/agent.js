// Makes an agent, or changes one: what it is called and told, where it works, and how much at once.

import { h } from "../dom.js";
import { Fields, form, labels, labelText, select } from "../form.js";
import { go } from "../router.js";
import { done } from "../toast.js";
import { administers } from "../who.js";
import { Charts } from "./charts.js";
import { inOrder, placeName } from "./strip.js";
import { agentUsage } from "./usage.js";

const ANY = "";
const ON = { on_assign: "An issue is given to it", on_comment: "Somebody comments on its issue" };

const text = (more) => h("input", { type: "text", autocomplete: "off", ...more });
const count = (more) => h("input", { type: "number", ...more });

export class AgentView {
  title = "New agent";
  #fields = new Fields();

  /** @param id the agent's, if it is there already; otherwise query may name the runtime that it is to work on */
  constructor(app, id, query) {
    Object.assign(this, { app, id, runtime: query.get("runtime") });
    if (id) this.title = "Agent";
  }

  mount(root) {
    this.heading = h("h1", { tabIndex: -1, text: this.title });
    this.page = h(
      "div",
      { class: "page narrow" },
      h("p", { class: "crumbs" }, h("a", { href: "#/fleet", text: "Fleet" }), " / Agents"),
      this.heading,
    );
    root.append(this.page);
    if (this.id) this.#load();
    else this.#draw({ triggers: [], max_concurrent_tasks: 1, visibility: "workspace", labels: {}, runtime_id: this.runtime }, null);
  }

  unmount() {
    this.charts?.stop();
    this.isGone = true;
  }

  changed({ type }) {
    if (this.places && (type === "snapshot" || type === "learned" || type === "daemon:register")) this.#drawPlaces();
  }

  async #load() {
    await this.app.failing("the agent", async () => {
      const { api } = this.app;
      const path = `/api/agents/${this.id}`;
      const [agent, budget] = await Promise.all([api.get(path), api.get(`${path}/budget`)]);
      if (this.isGone) return;
      this.heading.textContent = agent.name;
      document.title = `${agent.name} · Muster`;
      await this.app.role;
      if (administers()) agent.model = (await api.get(`${path}/launch`)).model;
      await this.#draw(agent, budget.tokens_per_day);
      if (this.isGone) return;
      this.charts = new Charts(this.app, { agent: this.id });
      this.page.append(this.charts.element, agentUsage(this.app, this.id));
    });
  }

  async #draw(agent, tokensPerDay) {
    await this.app.role;
    if (this.isGone) return;
    if (!administers()) {
      const what = this.id ? "change" : "make";
      this.page.append(h("p", { class: "notice", text: `Only an owner or admin of the workspace may ${what} agents.` }));
      return;
    }
    this.triggers = agent.triggers ?? [];
    const label = this.id ? "Save" : "Create the agent";
    this.page.append(form({ fields: this.#fields, label, send: () => this.#send(tokensPerDay) }, this.#basics(agent), this.#more(agent, tokensPerDay)));
    this.#fields.input("name").focus();
  }

  #basics(agent) {
    const fields = this.#fields;
    this.wanted = agent.runtime_id ?? (this.id ? ANY : null);
    this.places = h("select", null);
    this.#drawPlaces();
    this.any = h(
      "div",
      { class: "pair" },
      fields.add("provider", "Provider", text({ maxLength: 200, placeholder: "claude", value: agent.provider ?? "" })),
      fields.add("labels", "Labels", text({ placeholder: "os=linux gpu=yes", value: labelText(agent.labels) }), "What the runtime must have."),
    );
    const showAny = () => (this.any.hidden = this.places.value !== ANY);
    this.places.addEventListener("change", showAny);
    showAny();
    return [
      fields.add("name", "Name", text({ required: true, maxLength: 200, value: agent.name ?? "" })),
      fields.add("runtime_id", "Works on", this.places),
      this.any,
      fields.add("instructions", "Instructions", h("textarea", { rows: 6, value: agent.instructions ?? "" }), "What it is told before each task, on runtimes that pass it on."),
      h(
        "div",
        { class: "pair" },
        fields.add("max_concurrent_tasks", "Tasks at once", count({ min: 1, value: String(agent.max_concurrent_tasks ?? 1) })),
        fields.add("visibility", "Who sees it", select([["workspace", "Everybody in the workspace"], ["private", "Its owner and admins"]], agent.visibility)),
      ),
    ];
  }

  #more(agent, tokensPerDay) {
    const fields = this.#fields;
    const boxes = Object.entries(ON).map(([type, says]) =>
      fields.add(type, says, h("input", { type: "checkbox", checked: isOn(this.triggers, type) })),
    );
    return h(
      "details",
      null,
      h("summary", { text: "More" }),
      h(
        "div",
        { class: "form" },
        fields.add("description", "Description", text({ value: agent.description ?? "" }), "For people."),
        h(
          "div",
          { class: "pair" },
          fields.add("rate_per_minute", "Tasks a minute at most", count({ min: 0, placeholder: "no limit", value: agent.rate_per_minute ?? "" })),
          fields.add("tokens_per_day", "Tokens a day at most", count({ min: 0, placeholder: "no limit", value: tokensPerDay ?? "" })),
          fields.add("timeout_seconds", "A run takes at most, in seconds", count({ min: 0, placeholder: "12 hours", value: agent.timeout_seconds ?? "" }), "Where the task does not say."),
          fields.add("idle_timeout_seconds", "Silent for at most, in seconds", count({ min: 0, placeholder: "no limit", value: agent.idle_timeout_seconds ?? "" }), "60 or more; without a sign the run is ended and tried again."),
          fields.add("model", "Model", text({ value: agent.model ?? "" }), "For Multica daemons."),
        ),
        h("fieldset", { class: "field" }, h("legend", { text: "Begins when" }), boxes),
      ),
    );
  }

  #drawPlaces() {
    const all = inOrder(this.app.store.runtimes.values());
    const signature = JSON.stringify(all.map((runtime) => [runtime.id, placeName(runtime), runtime.status]));
    if (signature === this.signature) return;
    this.signature = signature;
    const chosen = this.wanted ?? this.places.value;
    this.places.replaceChildren(
      ...all.map((runtime) => h("option", { value: runtime.id, text: placeName(runtime) + (runtime.status === "online" ? "" : " (offline)") })),
      h("option", { value: ANY, text: "Any runtime that fits" }),
    );
    const isThere = chosen === ANY || all.some((runtime) => runtime.id === chosen);
    if (isThere && (chosen || this.wanted === ANY)) this.places.value = chosen;
    if (isThere) this.wanted = null;
    if (this.any) this.any.hidden = this.places.value !== ANY;
  }

  #agent() {
    const fields = this.#fields;
    const isAny = this.places.value === ANY;
    return {
      name: fields.text("name"),
      runtime_id: isAny ? null : this.places.value,
      provider: isAny ? fields.text("provider") : null,
      labels: isAny ? (labels(fields.text("labels")) ?? {}) : null,
      instructions: fields.input("instructions").value,
      max_concurrent_tasks: fields.number("max_concurrent_tasks"),
      visibility: fields.text("visibility"),
      description: fields.input("description").value,
      rate_per_minute: fields.number("rate_per_minute") ?? 0,
      timeout_seconds: fields.number("timeout_seconds") ?? 0,
      idle_timeout_seconds: fields.number("idle_timeout_seconds") ?? 0,
      model: fields.text("model") || (this.id ? "" : null),
      triggers: this.#triggers(),
    };
  }

  /** No list is all of them; whatever else the agent has stays. */
  #triggers() {
    const on = Object.keys(ON).filter((type) => this.#fields.input(type).checked);
    const others = this.triggers.filter((trigger) => !(trigger.type in ON));
    if (on.length === Object.keys(ON).length && others.length === 0) return [];
    return [...others, ...Object.keys(ON).map((type) => ({ type, enabled: on.includes(type) }))];
  }

  async #send(tokensBefore) {
    const { api, workspace, store } = this.app;
    const made = this.id ? await api.put(`/api/agents/${this.id}`, this.#agent()) : await api.post(`/api/agents?workspace_id=${workspace}`, this.#agent());
    store.agents.set(made.id, { ...store.agents.get(made.id), ...made });
    store.changed();
    const tokens = this.#fields.number("tokens_per_day");
    const isNew = !this.id;
    // Sent again after its budget was refused, it must not be made twice.
    this.id = made.id;
    if (tokens !== (tokensBefore ?? null)) await api.put(`/api/agents/${made.id}/budget`, { tokens_per_day: tokens ?? 0 });
    done(isNew ? `${made.name} is ready for work.` : `${made.name} is saved.`);
    go(isNew ? `#/new?agent=${made.id}` : "#/fleet");
  }
}

const isOn = (triggers, type) => triggers.length === 0 || triggers.some((trigger) => trigger.type === type && trigger.enabled);
