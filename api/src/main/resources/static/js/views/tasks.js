// All tasks of the workspace: searched, filtered, page by page, and many cancelled or retried at once.

import { h, say, showList } from "../dom.js";
import { moment, number, plural } from "../format.js";
import { Drawing, Later } from "../later.js";
import { FINAL } from "../states.js";
import { cancelAll, retryAll } from "./bulk.js";
import { TaskFilters } from "./filters.js";
import { SavedViews } from "./saved.js";
import { taskRow, taskSignature } from "./taskrow.js";

const PAGE = 100;
const NEWS_EVERY = 3_000;

export class TasksView {
  title = "Tasks";
  #rows = [];
  #next = null;
  #total = null;
  #isExact = true;
  #pages = 0;
  #asked = 0;
  #chosen = new Set();

  constructor(app, _id, query) {
    this.app = app;
    this.filters = new TaskFilters(app, query, () => this.#fetch());
    this.drawing = new Drawing(() => {
      this.filters.draw();
      this.#draw();
    });
    this.news = new Later(NEWS_EVERY, () => this.#refresh());
  }

  mount(root) {
    this.count = h("span", { class: "note", role: "status" });
    this.list = h("tbody");
    this.none = h("p", { class: "none", hidden: true });
    this.more = h("button", { type: "button", class: "quiet more", hidden: true });
    this.more.addEventListener("click", () => this.#fetchMore());
    const columns = ["Chosen", "Task", "State", "Agent", "Runtime", "Priority", "Created", "Finished"];
    this.table = h(
      "div",
      { class: "table tasks" },
      h(
        "table",
        { "aria-label": "Tasks" },
        h("thead", null, h("tr", null, columns.map((name) => h("th", { scope: "col" }, h("span", { class: name === "Chosen" ? "unseen" : "", text: name }))))),
        this.list,
      ),
    );
    root.append(
      h(
        "div",
        { class: "page" },
        h("div", { class: "bar" }, h("h1", { tabIndex: -1, text: "Tasks" }), this.count),
        this.filters.element,
        new SavedViews(this.app).element,
        this.#bulk(),
        this.none,
        this.table,
        h("div", null, this.more),
      ),
    );
    this.#fetch();
  }

  unmount() {
    this.isGone = true;
    this.filters.stop();
    this.news.stop();
  }

  changed({ type }) {
    if (type.startsWith("task:") && type !== "task:progress" && type !== "task:messages") this.news.soon();
    if (type === "snapshot") this.news.soon();
    this.drawing.soon();
  }

  #bulk() {
    this.all = h("input", { type: "checkbox", id: "choose-all" });
    this.all.addEventListener("change", () => {
      this.#chosen = new Set(this.all.checked ? this.#rows.map((task) => task.id) : []);
      this.#draw();
    });
    this.chosenCount = h("span", { class: "note", role: "status" });
    this.cancel = h("button", { type: "button", class: "danger", text: "Cancel" });
    this.retry = h("button", { type: "button", text: "Retry" });
    this.cancel.addEventListener("click", () => this.#act(cancelAll));
    this.retry.addEventListener("click", () => this.#act(retryAll));
    this.bulk = h("div", { class: "bulk acts" }, h("div", { class: "check" }, this.all, h("label", { htmlFor: "choose-all", text: "All shown" })), this.chosenCount, this.cancel, this.retry);
    return this.bulk;
  }

  async #act(act) {
    const chosen = this.#rows.filter((task) => this.#chosen.has(task.id));
    if (!(await act(this.app, chosen))) return;
    this.#chosen.clear();
    await this.#refresh();
  }

  /** The first page. What is chosen and not shown any more is not chosen: nobody sees it. */
  async #fetch() {
    await this.#ask(null, (page) => {
      this.#rows = page.tasks;
      this.#total = page.total;
      this.#isExact = page.total_is_exact;
      this.#pages = 1;
      const shown = new Set(this.#rows.map((task) => task.id));
      this.#chosen = new Set([...this.#chosen].filter((id) => shown.has(id)));
    });
  }

  async #fetchMore() {
    await this.#ask(this.#next, (page) => {
      const known = new Set(this.#rows.map((task) => task.id));
      this.#rows.push(...page.tasks.filter((task) => !known.has(task.id)));
      this.#pages++;
    });
  }

  /** Reads the first page again; of further pages only the states move, so that nothing jumps away. */
  async #refresh() {
    if (document.hidden || this.isGone) return;
    if (this.#pages <= 1) await this.#fetch();
    else this.#draw();
  }

  async #ask(cursor, take) {
    const asked = ++this.#asked;
    this.more.disabled = true;
    await this.app.failing("the tasks", async () => {
      const query = { workspace_id: this.app.workspace, limit: PAGE, cursor, ...this.filters.wanted() };
      const page = await this.app.api.get("/api/tasks", query);
      if (asked !== this.#asked || this.isGone) return;
      take(page);
      this.#next = page.next;
      this.#draw();
    });
    this.more.disabled = false;
  }

  /** As the frames tell it since the page was fetched. */
  #now(task) {
    const known = this.app.store.tasks.get(task.id);
    return known ? { ...task, ...known } : task;
  }

  #draw() {
    if (this.isGone || this.#total === null) return;
    const { store, live } = this.app;
    this.#rows = this.#rows.map((task) => this.#now(task));
    for (const task of this.#rows) live.wantTitle(task.issue_id);
    showList(this.list, this.#rows, {
      key: (task) => task.id,
      signature: (task) => taskSignature(store, task) + this.#chosen.has(task.id),
      make: (task) => taskRow(store, task, this.#chosen.has(task.id), (isChosen) => this.#choose(task.id, isChosen)),
    });
    say(this.count, this.#isExact ? plural(this.#total, "task") : `${number(this.#total)} among the newest, and perhaps more`);
    this.table.hidden = this.#rows.length === 0;
    this.none.hidden = this.#rows.length > 0;
    say(this.none, this.#next ? "None among the newest tasks." : this.filters.isEmpty() ? "There are no tasks yet." : "No task is like that.");
    this.more.hidden = !this.#next;
    const oldest = this.#rows.at(-1)?.created_at;
    say(this.more, this.#rows.length < PAGE * this.#pages ? "Search further back" : `Show more, from before ${moment(oldest)}`);
    this.#drawBulk();
  }

  #choose(id, isChosen) {
    if (isChosen) this.#chosen.add(id);
    else this.#chosen.delete(id);
    this.#drawBulk();
  }

  #drawBulk() {
    const chosen = this.#rows.filter((task) => this.#chosen.has(task.id));
    const over = chosen.filter((task) => FINAL.has(task.status)).length;
    this.bulk.hidden = this.#rows.length === 0;
    this.all.checked = chosen.length > 0 && chosen.length === this.#rows.length;
    this.all.indeterminate = chosen.length > 0 && chosen.length < this.#rows.length;
    say(this.chosenCount, chosen.length > 0 ? `${plural(chosen.length, "task")} chosen` : "");
    this.cancel.disabled = over === chosen.length;
    this.retry.disabled = over === 0;
    say(this.cancel, chosen.length > over ? `Cancel ${chosen.length - over}` : "Cancel");
    say(this.retry, over > 0 ? `Retry ${over}` : "Retry");
  }
}
