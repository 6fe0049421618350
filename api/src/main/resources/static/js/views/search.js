// Looks for a text in the lines of an output.

import { h, say } from "../dom.js";
import { number } from "../format.js";
import { textOf } from "./message.js";

export class Search {
  #hits = [];
  #set = new Set();
  #at = -1;

  /** @param onMove is told before another line is shown */
  constructor(lines, onMove) {
    Object.assign(this, { lines, onMove });
    this.input = h("input", { type: "search", placeholder: "Search", "aria-label": "Search the output", maxLength: 200 });
    this.said = h("span", { class: "note", role: "status" });
    this.input.addEventListener("input", () => this.again());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#move(event.shiftKey ? -1 : 1);
      else if (event.key === "Escape" && this.input.value) this.#clear();
      else return;
      event.preventDefault();
    });
    this.element = h("span", { class: "search" }, this.input, this.said);
  }

  get isOn() {
    return this.input.value !== "";
  }

  /** Looks again: for another text, or through lines that came since. */
  again() {
    const wanted = this.input.value.toLowerCase();
    this.#hits = wanted === "" ? [] : this.lines.rows.flatMap((row, at) => (textOf(row).toLowerCase().includes(wanted) ? [at + 1] : []));
    this.#set = new Set(this.#hits);
    this.#at = -1;
    this.lines.redrawAll();
    this.#tell();
  }

  /** A line that has the text looks like it. */
  mark(element, line) {
    element.classList.toggle("hit", this.#set.has(line));
    element.classList.toggle("current", this.#hits[this.#at] === line);
  }

  #clear() {
    this.input.value = "";
    this.again();
  }

  #move(by) {
    const { length } = this.#hits;
    if (length === 0) return;
    const before = this.#hits[this.#at];
    this.#at = this.#at < 0 ? (by > 0 ? 0 : length - 1) : (this.#at + by + length) % length;
    const line = this.#hits[this.#at];
    this.onMove();
    const row = this.lines.rows[line - 1];
    if (row.folded !== undefined) row.isOpen = true;
    this.lines.show(line);
    if (before) this.lines.redraw(before);
    this.lines.redraw(line);
    this.#tell();
  }

  #tell() {
    const { length } = this.#hits;
    const found = this.#at < 0 ? number(length) : `${number(this.#at + 1)} of ${number(length)}`;
    say(this.said, this.isOn ? found : "");
  }
}
