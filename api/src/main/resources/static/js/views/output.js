// What a task says, as it says it.

import { h, say } from "../dom.js";
import { plural } from "../format.js";
import { FINAL } from "../states.js";
import { message } from "./message.js";

const LINES_MAX = 2_000;
const NEAR_END = 40;

export class Output {
  #claims = "";
  #generation = 0;
  #last = 0;
  #waiting = [];
  #drawing = 0;
  #dropped = 0;

  constructor(app, task) {
    Object.assign(this, { app, task });
    this.count = h("span", { class: "note" });
    this.now = h("p", { class: "now note", role: "status" });
    this.log = h("div", { class: "log", role: "log", tabIndex: 0, "aria-label": "Output", "aria-live": "off" });
    this.follow = h("input", { type: "checkbox", checked: true });
    this.claims = h("select", { "aria-label": "Output of which claim" });
    this.claims.addEventListener("change", () => this.#choose(Number(this.claims.value)));
    this.log.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.log;
      this.follow.checked = scrollHeight - scrollTop - clientHeight < NEAR_END;
    });
    this.follow.addEventListener("change", () => this.follow.checked && this.#toEnd());
    this.element = h(
      "section",
      { class: "output", "aria-labelledby": "output-title" },
      h("div", { class: "bar" }, h("h2", { id: "output-title", text: "Output" }), this.count, this.claims, h("label", { class: "follow" }, this.follow, "Follow")),
      this.now,
      this.log,
    );
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
      this.claims.value = String(this.latest);
      if (this.#generation !== this.latest) this.#choose(this.latest);
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

  #draw() {
    this.#drawing = 0;
    const all = this.#waiting.splice(0);
    const fresh = all.slice(-LINES_MAX);
    this.#dropped += all.length - fresh.length;
    this.log.append(...fresh.map(message));
    while (this.log.childElementCount > LINES_MAX) {
      this.log.firstElementChild.remove();
      this.#dropped++;
    }
    this.#tell();
    if (this.follow.checked) this.#toEnd();
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  #tell() {
    const shown = this.log.childElementCount;
    this.log.classList.toggle("empty", shown === 0);
    this.log.dataset.empty = this.isOver ? "It said nothing." : "Nothing yet.";
    const dropped = this.#dropped > 0 ? `, ${plural(this.#dropped, "earlier one")} not shown` : "";
    say(this.count, shown > 0 ? plural(shown, "message") + dropped : "");
  }

  stop() {
    this.#generation = 0;
    this.app.live.unsubscribe(this.task);
  }

  /** Shows what one claim said: what is stored is read, and of the last claim live messages follow behind it. */
  async #choose(generation) {
    this.stop();
    this.#generation = generation;
    this.#last = 0;
    this.#waiting = [];
    this.#dropped = 0;
    this.log.replaceChildren();
    this.#tell();
    await this.app.failing("the output", async () => {
      for (let since = 0, page = [null]; generation && page.length > 0; since = this.#last) {
        page = await this.app.api.get(`/api/tasks/${this.task}/messages`, { claim_generation: generation, since });
        if (this.#generation !== generation) return;
        this.add(page);
      }
      if (generation === this.latest) this.app.live.subscribe(this.task, this.#last + 1, generation);
    });
  }
}
