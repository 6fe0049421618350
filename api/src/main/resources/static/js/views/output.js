// What a task says, as it says it.

import { h, say } from "../dom.js";
import { plural } from "../format.js";
import { Later } from "../later.js";
import { isMarkdown } from "../markdown.js";
import { toggle } from "../parts.js";
import { keepQuery, taskHref } from "../router.js";
import { FINAL } from "../states.js";
import { Lines } from "./lines.js";
import { Colours, goesOn, joined, line, rows, textOf } from "./message.js";
import { Search } from "./search.js";
import { takeaway } from "./takeaway.js";

const NEAR_END = 40;
const SEARCH_WAIT = 200;

export class Output {
  #claims = "";
  #generation = 0;
  #last = 0;
  #waiting = [];
  #drawing = 0;
  #colours = new Colours();
  #result = { text: "" };

  /** @param query may name a claim, and a line to show */
  constructor(app, task, query) {
    Object.assign(this, { app, task });
    this.wanted = { claim: Number(query.get("claim")), line: Number(query.get("line")) };
    this.count = h("span", { class: "note" });
    this.now = h("p", { class: "now note", role: "status" });
    this.log = h("div", { class: "log wraps", role: "log", tabIndex: 0, "aria-label": "Output", "aria-live": "off" });
    this.lines = new Lines(this.log, (row, number) => this.#line(row, number));
    this.search = new Search(this.lines, () => this.#letGo());
    this.searching = new Later(SEARCH_WAIT, () => this.search.again());
    this.follow = h("input", { type: "checkbox", checked: true });
    this.claims = h("select", { "aria-label": "Output of which claim" });
    this.claims.addEventListener("change", () => this.#choose(Number(this.claims.value)));
    this.log.addEventListener("scroll", () => (this.follow.checked = this.#isAtEnd()));
    this.follow.addEventListener("change", () => this.follow.checked && this.#toEnd());
    this.log.addEventListener("click", (event) => this.#clicked(event));
    this.element = h("section", { class: "output", "aria-labelledby": "output-title" }, this.#bar(), this.now, this.log);
  }

  #bar() {
    const wrap = toggle("Wrap", true, (isOn) => this.log.classList.toggle("wraps", isOn) || this.lines.measure());
    const times = toggle("Times", false, (isOn) => this.log.classList.toggle("timed", isOn));
    this.tools = h(
      "div",
      { class: "tools" },
      this.search.element,
      wrap,
      times,
      h("label", { class: "check follow" }, this.follow, "Follow"),
      takeaway(this.lines, `task-${this.task.slice(0, 8)}.log`),
    );
    return h("div", { class: "bar" }, h("h2", { id: "output-title", text: "Output" }), this.count, this.claims, this.tools);
  }

  /** Takes note of the task's claims: its output is that of the last, unless the person chose an earlier one. */
  show(task) {
    this.latest = task.claim_generation;
    this.isOver = FINAL.has(task.status);
    const progress = this.app.store.progress.get(this.task);
    if (this.isOver) say(this.now, "");
    else if (progress) this.progress(progress);
    this.follow.parentElement.hidden = this.isOver;
    const claims = task.attempts.map((each) => each.claim_generation);
    const signature = claims.join();
    if (signature !== this.#claims) {
      this.#claims = signature;
      this.claims.replaceChildren(...claims.map((each) => h("option", { value: String(each), text: each === this.latest ? "Last claim" : `Claim ${each}` })));
      const chosen = claims.includes(this.wanted.claim) ? this.wanted.claim : this.latest;
      this.claims.value = String(chosen);
      if (this.#generation !== chosen) this.#choose(chosen);
    }
    this.claims.hidden = claims.length < 2;
    this.#tell();
  }

  progress({ summary, step, total }) {
    say(this.now, [step && total ? `${step} of ${total}` : "", summary].filter(Boolean).join(" · "));
  }

  /** Live messages: those of another claim are read when it is shown. */
  add(messages) {
    const fresh = messages.filter((each) => each.claim_generation === this.#generation && each.seq > this.#last);
    if (fresh.length === 0) return;
    this.#last = fresh.at(-1).seq;
    this.#waiting.push(...fresh);
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  /**
   * What the task has ended with is not said twice: the end of the output that says the same is folded, and where all
   * of the output is the result, the result stands only there.
   *
   * @param section shows the result
   */
  ended(result, section) {
    this.#result = { text: result.trim(), section };
    this.#foldResult();
  }

  #foldResult() {
    const { text, section } = this.#result;
    const all = this.lines.rows;
    const from = all.length - text.split("\n").length;
    if (text === "" || from < 0 || all.slice(from).map(textOf).join("\n").trim() !== text) return;
    if (from === 0 && !isMarkdown(text)) {
      section.hidden = true;
      return;
    }
    const { seq, time } = all[from];
    const kept = [...all.slice(0, from), { seq, time, type: "text", label: "result", preview: "stands above", folded: text }];
    this.lines.clear();
    this.lines.push(kept);
    this.#tell();
  }

  #draw() {
    this.#drawing = 0;
    const fresh = [];
    for (const row of this.#waiting.splice(0).flatMap(rows)) {
      this.#colours.paint(row);
      const before = fresh.at(-1) ?? this.lines.rows.at(-1);
      if (!goesOn(row, before)) fresh.push(row);
      else if (fresh.length > 0) fresh[fresh.length - 1] = joined(before, row);
      else this.lines.replaceLast(joined(before, row));
    }
    this.lines.push(fresh);
    this.#tell();
    if (this.search.isOn) this.searching.soon();
    if (this.wanted.line > 0) this.#goToWanted();
    else if (this.follow.checked) this.#toEnd();
  }

  #line(row, number) {
    const element = line(row, number, this.#href(number));
    if (number === this.marked) element.classList.add("marked");
    this.search.mark(element, number);
    return element;
  }

  #query(number) {
    const query = new URLSearchParams({ line: number });
    if (this.#generation !== this.latest) query.set("claim", this.#generation);
    return query;
  }

  #href(number) {
    return `${taskHref(this.task)}?${this.#query(number)}`;
  }

  /** The number of a line is the way to it: the address names it from now on. */
  #clicked(event) {
    const number = Number(event.target.closest?.("a.no")?.parentElement.dataset.number);
    if (!number || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    keepQuery(taskHref(this.task), this.#query(number));
    this.#mark(number);
  }

  #mark(number) {
    this.log.querySelector(".line.marked")?.classList.remove("marked");
    this.marked = number;
    this.log.querySelector(`.line[data-number="${number}"]`)?.classList.add("marked");
  }

  #goToWanted() {
    const number = this.wanted.line;
    if (number > this.lines.rows.length) return;
    this.wanted.line = 0;
    this.#letGo();
    this.#mark(number);
    this.lines.show(number);
  }

  #letGo() {
    this.follow.checked = false;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  #tell() {
    const { length } = this.lines.rows;
    this.log.classList.toggle("empty", length === 0);
    this.log.dataset.empty = this.isOver ? "It said nothing." : "Nothing yet.";
    this.tools.hidden = length === 0;
    say(this.count, length > 0 ? plural(length, "line") : "");
  }

  stop() {
    this.#generation = 0;
    this.app.live.unsubscribe(this.task);
  }

  /** Shows what one claim said: what is stored is read, and of the last claim live messages follow after it. */
  async #choose(generation) {
    this.stop();
    this.#generation = generation;
    this.#last = 0;
    this.#waiting = [];
    this.#colours = new Colours();
    this.lines.clear();
    this.#tell();
    await this.app.failing("the output", async () => {
      for (let since = 0, page = [null]; generation && page.length > 0; since = this.#last) {
        page = await this.app.api.get(`/api/tasks/${this.task}/messages`, { claim_generation: generation, since });
        if (this.#generation !== generation) return;
        this.add(page);
      }
      if (generation === this.latest) this.app.live.subscribe(this.task, this.#last + 1, generation);
      if (this.isOver) requestAnimationFrame(() => this.#foldResult());
    });
  }
}
