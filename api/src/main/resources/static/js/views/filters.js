// What the list of tasks is narrowed to. It stands in the address, so that a list can be sent to somebody.

import { h } from "../dom.js";
import { select } from "../form.js";
import { serverNow, words } from "../format.js";
import { Later } from "../later.js";
import { keepQuery } from "../router.js";
import { PRIORITIES, REASONS, STATES } from "../states.js";
import { placeName } from "./strip.js";

const TYPING = 300;
const HOUR = 3_600_000;
const SINCE = { "1h": HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR, "30d": 720 * HOUR };
const SINCE_SAYS = { "1h": "The last hour", "24h": "The last 24 hours", "7d": "The last 7 days", "30d": "The last 30 days" };
const NAMES = ["q", "status", "agent", "runtime", "priority", "reason", "since", "sort"];

const options = (any, values, say = words) => [["", any], ...values.map((value) => [value, say(value)])];

export class TaskFilters {
  #inputs = {};

  /**
   * @param query where the address has it
   * @param changed is told that something else is wanted
   */
  constructor(app, query, changed) {
    Object.assign(this, { app, query });
    this.later = new Later(TYPING, () => this.#apply(changed));
    this.element = this.#form();
    this.draw();
  }

  stop() {
    this.later.stop();
  }

  isEmpty() {
    return NAMES.every((name) => name === "sort" || !this.#inputs[name].value.trim());
  }

  /** As the api has it. */
  wanted() {
    const value = (name) => this.#inputs[name].value.trim();
    const since = SINCE[value("since")];
    return {
      q: value("q"),
      status: value("status"),
      agent_id: value("agent"),
      runtime_id: value("runtime"),
      priority: value("priority"),
      failure_reason: value("reason"),
      created_after: since ? new Date(serverNow() - since).toISOString() : "",
      sort: value("sort"),
    };
  }

  #form() {
    const text = h("input", { type: "search", id: "filter-q", placeholder: "Words of the title, ABC-12, or an id", maxLength: 200, value: this.query.get("q") ?? "", spellcheck: false });
    this.#inputs.q = text;
    const clear = h("button", { type: "button", class: "quiet", text: "Clear" });
    clear.addEventListener("click", () => {
      for (const name of NAMES) this.#inputs[name].value = "";
      this.later.soon();
      text.focus();
    });
    const element = h(
      "form",
      { class: "filters", role: "search" },
      h("div", { class: "filter wide" }, h("label", { htmlFor: "filter-q", text: "Search" }), text),
      this.#choice("status", "State", options("Any state", STATES)),
      this.#choice("agent", "Agent", options("Any agent", [])),
      this.#choice("runtime", "Runtime", options("Any runtime", [])),
      this.#choice("priority", "Priority", options("Any priority", PRIORITIES.toReversed())),
      this.#choice("reason", "Why it failed", options("Any reason", REASONS)),
      this.#choice("since", "Created", options("At any time", Object.keys(SINCE), (key) => SINCE_SAYS[key])),
      this.#choice("sort", "Order", [["", "Newest first"], ["finished", "Last finished first"]]),
      clear,
    );
    element.addEventListener("submit", (event) => event.preventDefault());
    for (const event of ["input", "change"]) element.addEventListener(event, () => this.later.soon());
    return element;
  }

  #choice(name, label, choices) {
    const chosen = this.query.get(name) ?? "";
    // What the address asks for is asked, known or not: the server says what is wrong with it.
    const isKnown = choices.some(([value]) => value === chosen);
    const input = select(isKnown ? choices : [...choices, [chosen, chosen.slice(0, 12)]], chosen);
    input.id = `filter-${name}`;
    this.#inputs[name] = input;
    return h("div", { class: "filter" }, h("label", { htmlFor: input.id, text: label }), input);
  }

  /** The agents and runtimes there are; the chosen one stays, also if it is not known. */
  draw() {
    const { store } = this.app;
    this.#fill("agent", "Any agent", [...store.agents.values()].map((agent) => [agent.id, agent.name]));
    this.#fill("runtime", "Any runtime", [...store.runtimes.values()].map((runtime) => [runtime.id, placeName(runtime)]));
  }

  #fill(name, any, found) {
    const input = this.#inputs[name];
    const chosen = input.value;
    found.sort((a, b) => a[1].localeCompare(b[1]));
    if (chosen && !found.some(([id]) => id === chosen)) found.push([chosen, chosen.slice(0, 8)]);
    const signature = JSON.stringify(found);
    if (input.dataset.signature === signature) return;
    input.dataset.signature = signature;
    input.replaceChildren(...[["", any], ...found].map(([value, text]) => h("option", { value, text })));
    input.value = chosen;
  }

  async #apply(changed) {
    const query = new URLSearchParams();
    for (const name of NAMES) if (this.#inputs[name].value.trim()) query.set(name, this.#inputs[name].value.trim());
    keepQuery("#/tasks", query);
    await changed();
  }
}
