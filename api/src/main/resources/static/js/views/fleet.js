// The fleet: every runtime and every agent, with how much they have in hand.

import { h, say, showList } from "../dom.js";
import { number, plural, words } from "../format.js";
import { Drawing } from "../later.js";
import { ago, cell, column } from "../parts.js";
import { runtimeHref } from "../router.js";
import { intakeButtons, removeButton } from "./intake.js";
import { newcomer } from "./newcomer.js";
import { condition, inOrder, loads, placeName, slots } from "./strip.js";
import { workspaceUsage } from "./usage.js";

const SHOWN_MAX = 200;

const labels = (object) => Object.entries(object ?? {}).map(([name, value]) => h("span", { class: "tag", text: `${name}=${value}` }));

export class FleetView {
  title = "Fleet";
  keys = {};

  constructor(app) {
    this.app = app;
    this.drawing = new Drawing(() => this.#draw());
  }

  mount(root) {
    this.runtimes = this.#table("Runtimes", ["Runtime", "State", "Load", "Provider", "Last claim", "Last seen", ""]);
    this.agents = this.#table("Agents", ["Agent", "State", "Load", "Waiting", "Works on", ""]);
    this.intro = h("div");
    root.append(
      h("div", { class: "page" }, h("div", { class: "bar" }, h("h1", { tabIndex: -1, text: "Fleet" }), makers()), this.intro, this.runtimes.element, this.agents.element, workspaceUsage(this.app)),
    );
    this.#draw();
  }

  changed() {
    this.drawing.soon();
  }

  unmount() {}

  #table(title, columns) {
    const id = `${title.toLowerCase()}-table`;
    const count = h("span", { class: "note" });
    const rows = h("tbody");
    const table = h(
      "table",
      { "aria-labelledby": id },
      h("thead", null, h("tr", null, columns.map(column))),
      rows,
    );
    const element = h("section", null, h("div", { class: "bar" }, h("h2", { id, text: title }), count), h("div", { class: "table" }, table));
    return { element, rows, count };
  }

  #draw() {
    const { store } = this.app;
    const kind = !store.loaded ? "" : store.runtimes.size === 0 ? "runtime" : store.agents.size === 0 ? "agent" : "";
    if (this.introKind !== kind) this.intro.replaceChildren(...(kind ? [newcomer(kind)] : []));
    this.introKind = kind;
    this.#drawRuntimes(store);
    this.#drawAgents(store);
  }

  #drawRuntimes(store) {
    const load = loads(store);
    const all = inOrder(store.runtimes.values());
    this.runtimes.element.hidden = all.length === 0;
    const online = all.filter((runtime) => runtime.status === "online").length;
    say(this.runtimes.count, `${number(online)} of ${number(all.length)} online${all.length > SHOWN_MAX ? `, the first ${SHOWN_MAX} shown` : ""}`);
    showList(this.runtimes.rows, all.slice(0, SHOWN_MAX), {
      key: (runtime) => runtime.id,
      signature: (runtime) => JSON.stringify([runtime, load.get(runtime.id)]),
      make: (runtime) => runtimeRow(this.app, runtime, load.get(runtime.id) ?? 0),
    });
  }

  #drawAgents(store) {
    const counts = { active: new Map(), queued: new Map() };
    for (const [state, into] of [["dispatched", "active"], ["running", "active"], ["queued", "queued"]]) {
      for (const task of store.in(state).values()) counts[into].set(task.agent_id, (counts[into].get(task.agent_id) ?? 0) + 1);
    }
    const all = [...store.agents.values()].sort((a, b) => a.name.localeCompare(b.name));
    this.agents.element.hidden = all.length === 0;
    say(this.agents.count, plural(all.length, "agent") + (all.length > SHOWN_MAX ? `, the first ${SHOWN_MAX} shown` : ""));
    showList(this.agents.rows, all.slice(0, SHOWN_MAX), {
      key: (agent) => agent.id,
      signature: (agent) => JSON.stringify([agent, counts.active.get(agent.id), counts.queued.get(agent.id), store.runtimes.get(agent.runtime_id)?.name]),
      make: (agent) => this.#agentRow(agent, counts.active.get(agent.id) ?? 0, counts.queued.get(agent.id) ?? 0),
    });
  }

  #agentRow(agent, active, queued) {
    const runtime = placeName(this.app.store.runtimes.get(agent.runtime_id));
    const place = runtime ?? [agent.provider ? `any ${agent.provider}` : agent.runtime_id ? "its runtime" : "any runtime", " ", labels(agent.labels)];
    const intake = { paused: "Paused", draining: "Draining" }[agent.intake];
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, h("a", { href: `#/agents/${agent.id}`, text: agent.name }), agent.description && h("span", { class: "note", text: agent.description })),
      cell("State", h("span", { class: `state ${intake ? "held" : agent.status}`, text: intake ?? words(agent.status) })),
      cell("Load", slots(active, agent.max_concurrent_tasks ?? 1)),
      cell("Waiting", number(queued)),
      cell("Works on", place),
      h("td", { class: "end" }, intakeButtons(this.app, "agents", agent)),
    );
  }
}

const makers = () =>
  h(
    "div",
    { class: "actions for-admins" },
    h("a", { class: "button", href: "#/connect", text: "Connect a runtime" }),
    h("a", { class: "button", href: "#/agents/new", text: "New agent" }),
  );

function runtimeRow(app, runtime, load) {
  const { kind, text } = condition(runtime);
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, h("a", { href: runtimeHref(runtime.id), text: runtime.name }), runtime.device_info && h("span", { class: "note", text: runtime.device_info })),
    cell("State", h("span", { class: `state ${kind}`, text })),
    cell("Load", slots(load, runtime.max_concurrent_tasks ?? 1)),
    cell("Provider", runtime.provider, " ", labels(runtime.labels)),
    cell("Last claim", runtime.last_claim_at ? [ago(runtime.last_claim_at), " ago"] : "never"),
    cell("Last seen", runtime.status === "online" ? "now" : runtime.last_seen_at ? [ago(runtime.last_seen_at), " ago"] : "never"),
    h("td", { class: "end" }, intakeButtons(app, "runtimes", runtime), runtime.status !== "online" && removeButton(app, runtime)),
  );
}
