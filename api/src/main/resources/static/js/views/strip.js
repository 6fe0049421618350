// The runtimes at a glance, above the board: state, load, last claim.

import { h, say, showList } from "../dom.js";
import { ago } from "../parts.js";
import { runtimeHref } from "../router.js";

const SHOWN_MAX = 24;
const SLOTS_MAX = 12;

/** What a runtime's state is called: online ones may be paused, draining or deaf. */
export function condition(runtime) {
  if (runtime.status !== "online") return { kind: "offline", text: "Offline" };
  if (runtime.intake === "paused") return { kind: "held", text: "Paused" };
  if (runtime.intake === "draining") return { kind: "held", text: "Draining" };
  if (runtime.deaf) return { kind: "held", text: "Does not claim" };
  return { kind: "online", text: "Online" };
}

/** The runtime and its machine, where the name alone does not say it. */
export function placeName(runtime) {
  if (!runtime) return null;
  const machine = runtime.daemon_id;
  return machine && !runtime.name.includes(machine) ? `${runtime.name} on ${machine}` : runtime.name;
}

/** How many tasks each runtime has in hand. */
export function loads(store) {
  const counts = new Map();
  for (const state of ["dispatched", "running"]) {
    for (const task of store.in(state).values()) counts.set(task.runtime_id, (counts.get(task.runtime_id) ?? 0) + 1);
  }
  return counts;
}

export const inOrder = (runtimes) =>
  [...runtimes].sort((a, b) => (b.status === "online") - (a.status === "online") || a.name.localeCompare(b.name));

/** The slots of a runtime, those in use filled. */
export function slots(load, max) {
  const text = `${load}/${max}`;
  if (max > SLOTS_MAX) return h("span", { class: "slots" }, h("meter", { max, value: load, "aria-hidden": "true" }), text);
  const pips = Array.from({ length: Math.max(max, Math.min(load, SLOTS_MAX)) }, (_, i) =>
    h("i", { class: i < load ? (i < max ? "used" : "over") : "free" }),
  );
  return h("span", { class: "slots" }, h("span", { class: "pips", "aria-hidden": "true" }, pips), text);
}

export class RuntimeStrip {
  constructor(app) {
    this.app = app;
    this.list = h("ul", { class: "strip" });
    this.count = h("span", { class: "note" });
    this.more = h("a", { class: "note", href: "#/fleet" });
    this.element = h(
      "section",
      { "aria-labelledby": "runtimes-title" },
      h("div", { class: "bar" }, h("h2", { id: "runtimes-title", text: "Runtimes" }), this.count, this.more),
      this.list,
    );
  }

  draw() {
    const { store } = this.app;
    const load = loads(store);
    const runtimes = inOrder(store.runtimes.values());
    const online = runtimes.filter((runtime) => runtime.status === "online").length;
    this.element.hidden = runtimes.length === 0;
    say(this.count, `${online} of ${runtimes.length} online`);
    this.more.hidden = runtimes.length <= SHOWN_MAX;
    say(this.more, `all ${runtimes.length}`);
    showList(this.list, runtimes.slice(0, SHOWN_MAX), {
      key: (runtime) => runtime.id,
      signature: (runtime) =>
        [runtime.name, runtime.daemon_id, condition(runtime).text, load.get(runtime.id), runtime.max_concurrent_tasks, runtime.last_claim_at].join(),
      make: (runtime) => this.#item(runtime, load.get(runtime.id) ?? 0),
    });
  }

  #item(runtime, load) {
    const { kind, text } = condition(runtime);
    return h(
      "li",
      { class: `runtime ${kind}` },
      h("span", { class: "runtime-name" }, h("span", { class: "dot", role: "img", "aria-label": text, title: text }), h("a", { href: runtimeHref(runtime.id) }, h("b", { text: runtime.name, title: runtime.name }))),
      slots(load, runtime.max_concurrent_tasks ?? 1),
      h(
        "span",
        { class: "runtime-more" },
        h("span", { text: [!runtime.name.includes(runtime.daemon_id) && runtime.daemon_id, kind !== "online" && text].filter(Boolean).join(" · ") }),
        h("span", null, runtime.last_claim_at ? ["claimed ", ago(runtime.last_claim_at), " ago"] : "no claim yet"),
      ),
    );
  }
}
