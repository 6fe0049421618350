// The board: charts of what was lately, the runtimes at a glance, and the tasks by state, moving as they move.

import { h, say, showList } from "../dom.js";
import { number } from "../format.js";
import { Drawing } from "../later.js";
import { keepQuery } from "../router.js";
import { rank, since, STATES, WAITING } from "../states.js";
import { Charts } from "./charts.js";
import { card, cardSignature } from "./card.js";
import { newcomer } from "./newcomer.js";
import { RuntimeStrip } from "./strip.js";

const FIRST = matchMedia("(max-width: 700px)").matches ? 8 : 40;
const MORE = 200;
const WAITING_EVERY = 5_000;

/** The tasks of a column: who waits stands in the order in which they will be taken, all others with the newest first. */
function sorted(tasks, state) {
  const place = state === "queued" ? rank : (task) => -Date.parse(since(task));
  return Array.from(tasks, (task) => ({ task, at: place(task) }))
    .sort((a, b) => a.at - b.at)
    .map(({ task }) => task);
}

export class BoardView {
  title = "Board";
  #shown = Object.fromEntries(STATES.map((state) => [state, FIRST]));

  constructor(app, id, query) {
    Object.assign(this, { app, query });
    this.drawing = new Drawing(() => this.#draw());
  }

  mount(root) {
    this.charts = new Charts(this.app, {
      range: this.query.get("range"),
      chosen: (range) => keepQuery("#/", new URLSearchParams(range && { range })),
    });
    this.strip = new RuntimeStrip(this.app);
    this.columns = STATES.map((state) => this.#column(state));
    this.waiting = h("p", { class: "note", id: "waiting" });
    this.intro = h("div");
    this.root = h(
      "div",
      { class: "page board-page" },
      h("h1", { class: "unseen", tabIndex: -1, text: "Board" }),
      this.intro,
      this.charts.element,
      this.strip.element,
      h(
        "section",
        { "aria-labelledby": "tasks-title" },
        h("div", { class: "bar" }, h("h2", { id: "tasks-title", text: "Tasks" }), this.waiting),
        h("div", { id: "board" }, this.columns.map((column) => column.element)),
      ),
    );
    root.append(this.root);
    this.timer = setInterval(() => this.#fetchWaiting(), WAITING_EVERY);
    this.#fetchWaiting();
    this.#draw();
  }

  changed() {
    this.drawing.soon();
  }

  unmount() {
    clearInterval(this.timer);
    this.charts.stop();
    this.isGone = true;
  }

  #column(state) {
    const count = h("span", { class: "count" });
    const list = h("ul", { "aria-labelledby": `column-${state}` });
    const more = h("button", { type: "button", class: "quiet more" });
    more.addEventListener("click", () => this.#showMore(state));
    const title = h("h3", { id: `column-${state}` }, state[0].toUpperCase() + state.slice(1), count);
    const element = h("section", { class: "column", data: { state }, "aria-labelledby": `column-${state}` }, title, list, more);
    return { state, element, count, list, more };
  }

  async #showMore(state) {
    this.#shown[state] += MORE;
    if (this.app.store.in(state).size < this.#shown[state]) await this.app.live.fetchOlder(state);
    this.#draw();
  }

  #draw() {
    if (this.isGone) return;
    const { store } = this.app;
    const focused = document.activeElement?.dataset?.task;
    for (const column of this.columns) this.#drawColumn(column, store);
    this.strip.draw();
    this.#drawIntro(store);
    // A card that went to another column is another element: whoever was on it stays on it.
    if (focused && document.activeElement === document.body) {
      this.root.querySelector(`[data-task="${focused}"]`)?.focus({ preventScroll: true });
    }
  }

  #drawColumn({ state, element, count, list, more }, store) {
    const tasks = store.in(state);
    const shown = sorted(tasks.values(), state).slice(0, this.#shown[state]);
    for (const task of shown) this.app.live.wantTitle(task.issue_id);
    showList(list, shown, {
      key: (task) => task.id,
      signature: (task) => cardSignature(store, task),
      make: (task, wasThere) => h("li", null, card(store, task, wasThere)),
    });
    const all = Math.max(store.counts[state] ?? 0, tasks.size);
    element.classList.toggle("none", all === 0);
    say(count, number(all));
    const hidden = all - shown.length;
    more.hidden = hidden <= 0 || (tasks.size === shown.length && !this.app.live.hasOlder(state));
    say(more, `Show more of ${number(hidden)}`);
  }

  #drawIntro(store) {
    const kind = !store.loaded ? "" : store.runtimes.size === 0 ? "runtime" : store.agents.size === 0 ? "agent" : "";
    const isNew = kind || (store.loaded && STATES.every((state) => !store.counts[state]) ? "task" : "");
    if (this.introKind === isNew) return;
    this.introKind = isNew;
    this.intro.replaceChildren(...(isNew ? [newcomer(isNew)] : []));
  }

  async #fetchWaiting() {
    const { store, api, workspace, failing } = this.app;
    if (document.hidden || !store.loaded) return;
    if (!store.counts.queued) {
      say(this.waiting, "");
      return;
    }
    await failing("why tasks wait", async () => {
      const reasons = Object.entries(await api.get("/api/tasks/waiting", { workspace_id: workspace }));
      const parts = reasons.map(([reason, count]) => `${WAITING[reason] ?? reason} (${number(count)})`);
      say(this.waiting, parts.length > 0 ? `Waiting: ${parts.join(", ")}` : "");
    });
  }
}
