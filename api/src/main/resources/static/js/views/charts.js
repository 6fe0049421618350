// The last hour, day or week in three small charts: throughput, queue wait, run time.

import { h, say } from "../dom.js";
import { duration, minute, minuteOfDate, number } from "../format.js";
import { bars, lines } from "./plot.js";

const RANGES = {
  "1h": { says: "1 hour", within: "an hour", every: 15_000, step: "a minute", time: minute },
  "24h": { says: "24 hours", within: "24 hours", every: 60_000, step: "in 15 minutes", time: minuteOfDate },
  "7d": { says: "7 days", within: "7 days", every: 60_000, step: "an hour", time: minuteOfDate },
};
const FIRST = "1h";

const ENDED = [
  { kind: "good", name: "completed", count: ({ completed }) => completed },
  { kind: "bad", name: "failed", count: ({ failed }) => failed },
];
const TIMES = [
  { kind: "p50", name: "median" },
  { kind: "p95", name: "95 of 100" },
];

let charts = 0;

export class Charts {
  /**
   * @param range what was chosen before
   * @param agent of which they are, if not of the whole workspace
   * @param chosen is told of another range
   */
  constructor(app, { range, agent = "", chosen = () => {} } = {}) {
    Object.assign(this, { app, agent, chosen, range: range in RANGES ? range : FIRST });
    this.throughput = this.#figure("Throughput", ENDED);
    this.wait = this.#figure("Queue wait", TIMES);
    this.run = this.#figure("Run time", TIMES);
    const id = `charts-${++charts}`;
    this.element = h(
      "section",
      { "aria-labelledby": id },
      h("div", { class: "bar" }, h("h2", { id, text: "Lately" }), this.#ranges(id)),
      h("div", { class: "charts" }, this.throughput.element, this.wait.element, this.run.element),
    );
    this.#start();
  }

  stop() {
    clearInterval(this.timer);
    this.isStopped = true;
  }

  #start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.fetch(), RANGES[this.range].every);
    this.fetch();
  }

  #ranges(name) {
    const boxes = Object.entries(RANGES).map(([range, { says }]) => {
      const input = h("input", { type: "radio", name, value: range, checked: range === this.range });
      input.addEventListener("change", () => this.#choose(range));
      return h("label", null, input, h("span", { text: says }));
    });
    return h("fieldset", { class: "ranges" }, h("legend", { class: "unseen", text: "The last" }), boxes);
  }

  #choose(range) {
    this.range = range;
    this.chosen(range === FIRST ? "" : range);
    this.#start();
  }

  #figure(title, legend) {
    const value = h("b");
    const note = h("span", { class: "note" });
    const plot = h("div", { class: "plot" });
    const keys = h("ul", { class: "legend" }, legend.map(({ kind, name }) => h("li", { class: kind, text: name })));
    const element = h("figure", { class: "chart" }, h("figcaption", null, h("h3", { text: title }), keys, value, note), plot);
    return { element, value, note, plot };
  }

  async fetch() {
    if (document.hidden) return;
    const { api, workspace, failing } = this.app;
    const { range } = this;
    await failing("the statistics", async () => {
      const stats = await api.get(`/api/workspaces/${workspace}/stats`, { range, ...(this.agent && { agent_id: this.agent }) });
      if (range === this.range && !this.isStopped) this.#draw(stats);
    });
  }

  #draw({ total, periods }) {
    const { within, step, time } = RANGES[this.range];
    const named = periods.map((each) => ({ ...each, name: time(each.start) }));
    const least = total.more ? "more than " : "";
    const failed = total.failed > 0 ? `, ${number(total.failed)} failed` : "";
    say(this.throughput.value, least + number(total.completed));
    say(this.throughput.note, `completed in ${within}${failed}`);
    const drawn = bars(named, ENDED, { summary: "Tasks that ended", height: (max) => `up to ${max} ${step}`, until: "now" });
    this.throughput.plot.replaceChildren(drawn);
    this.#drawTimes(this.wait, named, total, "queue_wait", "before a runtime took it");
    this.#drawTimes(this.run, named, total, "run_time", "from start to end");
  }

  #drawTimes({ value, note, plot }, periods, total, name, meaning) {
    const middle = total[`${name}_p50`];
    say(value, middle === null ? "–" : duration(middle));
    say(note, middle === null ? "nothing yet" : `median, ${meaning}`);
    plot.replaceChildren(lines(periods, name));
  }
}
