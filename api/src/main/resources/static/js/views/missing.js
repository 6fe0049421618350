// Says that an address leads nowhere.

import { h } from "../dom.js";

export class MissingView {
  title = "No such page";

  mount(root) {
    const back = h("p", null, "Go on at the ", h("a", { href: "#/", text: "board" }), ", or look for a ", h("a", { href: "#/tasks", text: "task" }), ".");
    root.append(h("div", { class: "page narrow" }, h("h1", { tabIndex: -1, text: "There is no such page" }), back));
  }

  changed() {}

  unmount() {}
}
