// The last hour in three small charts: throughput, queue wait, run time.

import { h, say } from "../dom.js";
import { duration, number } from "../format.js";
import { bars, lines } from "./plot.js";

const EVERY = 15_000;
const MINUTES = 60;

const sum = (minutes, name) => minutes.reduce((total, each) => total + each[name], 0);

/** The middle of what the minutes say, each as heavy as its tasks: close enough for a headline. */
function typical(minutes, name, weight) {
  const known = minutes.filter((each) => each[name] !== null);
  const tasks = sum(known, weight);
  return tasks === 0 ? null : known.reduce((total, each) => total + each[name] * each[weight], 0) / tasks;
}

export class Charts {
  constructor(app) {
    this.app = app;
    this.throughput = this.#figure("Throughput");
    this.wait = this.#figure("Queue wait");
    this.run = this.#figure("Run time");
    this.element = h(
      "section",
      { class: "charts", "aria-label": "The last hour" },
      this.throughput.element,
      this.wait.element,
      this.run.element,
    );
    this.timer = setInterval(() => this.fetch(), EVERY);
    this.fetch();
  }

  stop() {
    clearInterval(this.timer);
  }

  #figure(title) {
    const value = h("b");
    const note = h("span", { class: "note" });
    const plot = h("div", { class: "plot" });
    const element = h("figure", { class: "chart" }, h("figcaption", null, h("h2", { text: title }), value, note), plot);
    return { element, value, note, plot };
  }

  async fetch() {
    if (document.hidden) return;
    const { api, workspace, failing } = this.app;
    await failing("the statistics", async () => {
      const { minutes } = await api.get(`/api/workspaces/${workspace}/stats`, { minutes: MINUTES });
      this.#draw(minutes);
    });
  }

  #draw(minutes) {
    const completed = sum(minutes, "completed");
    const failed = sum(minutes, "failed");
    say(this.throughput.value, number(completed));
    say(this.throughput.note, failed > 0 ? `completed in an hour, ${number(failed)} failed` : "completed in an hour");
    this.throughput.plot.replaceChildren(bars(minutes));
    this.#drawTimes(this.wait, minutes, "queue_wait", "dispatched", "before a runtime took it");
    this.#drawTimes(this.run, minutes, "run_time", "completed", "from start to end");
  }

  #drawTimes({ value, note, plot }, minutes, name, weight, meaning) {
    const middle = typical(minutes, `${name}_p50`, weight);
    say(value, middle === null ? "–" : duration(middle));
    say(note, middle === null ? "nothing yet" : `typically, ${meaning}`);
    plot.replaceChildren(lines(minutes, name));
  }
}
