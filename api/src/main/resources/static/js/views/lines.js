// A list of any number of lines, of which only those near the visible part are elements.

import { h } from "../dom.js";

const BLOCK = 200;
const LAST = 2;
const NEAR = "800px 0px";
const LINE_HEIGHT = 20;

export class Lines {
  #blocks = [];
  #shown = new Set();
  #near;

  /**
   * @param element what scrolls
   * @param draw makes the element of a row, of its number from 1 on
   */
  constructor(element, draw) {
    Object.assign(this, { element, draw, rows: [] });
    this.#near = new IntersectionObserver((entries) => this.#look(entries), { root: element, rootMargin: NEAR });
  }

  clear() {
    this.#near.disconnect();
    this.rows = [];
    this.#blocks = [];
    this.#shown.clear();
    this.element.replaceChildren();
  }

  push(rows) {
    const before = this.rows.length;
    for (const row of rows) this.rows.push(row);
    const blocks = Math.ceil(this.rows.length / BLOCK);
    for (let at = Math.floor(before / BLOCK); at < blocks; at++) {
      // The last ones are where one looks while lines come.
      const block = this.#blocks[at] ?? this.#begin(at >= blocks - LAST);
      const from = Math.max(before, at * BLOCK);
      if (this.#shown.has(block)) block.append(...this.#drawn(from, at));
      else this.#hold(block, at);
    }
  }

  replaceLast(row) {
    this.rows[this.rows.length - 1] = row;
    this.redraw(this.rows.length);
  }

  /** Draws a row anew, if it is shown. */
  redraw(number) {
    const at = Math.floor((number - 1) / BLOCK);
    const block = this.#blocks[at];
    if (block && this.#shown.has(block)) block.children[(number - 1) % BLOCK].replaceWith(this.draw(this.rows[number - 1], number));
  }

  /** Draws all that is shown anew. */
  redrawAll() {
    for (const block of this.#shown) this.#fill(block);
  }

  /** Lines have another height than before. */
  measure() {
    this.#blocks.forEach((block, at) => !this.#shown.has(block) && this.#hold(block, at));
  }

  /** The element of a row, in the middle of the visible part. */
  show(number) {
    const block = this.#blocks[Math.floor((number - 1) / BLOCK)];
    if (!block) return null;
    if (!this.#shown.has(block)) this.#fill(block);
    const row = block.children[(number - 1) % BLOCK];
    row.scrollIntoView({ block: "center" });
    return row;
  }

  #begin(isShown) {
    const block = h("div", { class: "block" });
    const former = this.#blocks.at(-1);
    this.#blocks.push(block);
    if (former) {
      // Asked anew: while it was the last it stayed, however far away.
      this.#near.unobserve(former);
      this.#near.observe(former);
    }
    this.element.append(block);
    if (isShown) this.#shown.add(block);
    this.#near.observe(block);
    return block;
  }

  /** The elements of a block's rows from an index on. */
  #drawn(from, at) {
    return this.rows.slice(from, (at + 1) * BLOCK).map((row, i) => this.draw(row, from + i + 1));
  }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && !this.#shown.has(target)) this.#fill(target);
      else if (!isIntersecting && this.#shown.has(target) && target !== this.#blocks.at(-1)) this.#empty(target);
    }
  }

  #fill(block) {
    const at = this.#blocks.indexOf(block);
    this.#shown.add(block);
    block.style.height = "";
    block.replaceChildren(...this.#drawn(at * BLOCK, at));
  }

  /** Keeps the height that it had, so that nothing moves. */
  #empty(block) {
    const height = block.offsetHeight;
    this.#shown.delete(block);
    block.replaceChildren();
    block.style.height = `${height}px`;
  }

  #hold(block, at) {
    block.style.height = `${Math.min(BLOCK, this.rows.length - at * BLOCK) * LINE_HEIGHT}px`;
  }
}
