// Lists of tasks that somebody has given a name: kept in this browser, for this workspace.

import { h } from "../dom.js";
import { done } from "../toast.js";

const SAVED_MAX = 20;
const NAME_MAX = 60;

const key = (workspace) => `muster.views.${workspace}`;

/** What is kept, as far as it can be read: a browser may keep nothing, or something else. */
function read(workspace) {
  try {
    const kept = JSON.parse(localStorage.getItem(key(workspace)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((view) => typeof view?.name === "string" && typeof view?.query === "string").slice(0, SAVED_MAX) : [];
  } catch {
    return [];
  }
}

function write(workspace, views) {
  try {
    localStorage.setItem(key(workspace), JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}

export class SavedViews {
  constructor(app) {
    this.app = app;
    this.list = h("ul", { class: "saved", "aria-label": "Saved views" });
    this.name = h("input", { type: "text", id: "view-name", maxLength: NAME_MAX, placeholder: "My failures", autocomplete: "off", required: true });
    const form = h("form", { class: "save" }, h("label", { htmlFor: "view-name", text: "Save this view as" }), this.name, h("button", { type: "submit", class: "quiet", text: "Save" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    this.element = h("div", { class: "views" }, this.list, form);
    this.#draw();
  }

  /** The address says what the list shows. One of the same name is replaced. */
  #save() {
    const name = this.name.value.trim();
    if (!name) return;
    const others = read(this.app.workspace).filter((view) => view.name !== name);
    const views = [...others, { name, query: location.hash.split("?", 2)[1] ?? "" }];
    if (views.length > SAVED_MAX) done(`There are ${SAVED_MAX} already: forget one first.`);
    else if (write(this.app.workspace, views)) done(`${name} is saved in this browser.`);
    else done("This browser keeps nothing.");
    this.name.value = "";
    this.#draw();
  }

  #forget(name) {
    write(this.app.workspace, read(this.app.workspace).filter((view) => view.name !== name));
    this.#draw();
  }

  #draw() {
    const views = read(this.app.workspace);
    this.list.hidden = views.length === 0;
    this.list.replaceChildren(
      ...views.map(({ name, query }) => {
        const forget = h("button", { type: "button", class: "quiet", text: "×", "aria-label": `Forget ${name}` });
        forget.addEventListener("click", () => this.#forget(name));
        return h("li", null, h("a", { href: query ? `#/tasks?${query}` : "#/tasks", text: name }), forget);
      }),
    );
  }
}
