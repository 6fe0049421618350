// Schedules: what makes tasks by itself, when it does next, and a new one.

import { h } from "../dom.js";
import { Fields, form, select } from "../form.js";
import { fullTime, words } from "../format.js";
import { ago, cell } from "../parts.js";
import { taskHref } from "../router.js";
import { PRIORITIES } from "../states.js";
import { done } from "../toast.js";
import { administers, watches } from "../who.js";
import { ask } from "./confirm.js";

const KINDS = [
  ["cron", "By cron"],
  ["every_seconds", "Every so many seconds"],
  ["at", "Once"],
];
const OVERLAPS = [
  ["skip", "skip the new run"],
  ["queue", "let it wait"],
  ["cancel", "cancel the run before it"],
];

function when(schedule) {
  if (schedule.cron) return [h("code", { text: schedule.cron }), h("span", { class: "note", text: schedule.time_zone })];
  return schedule.every_seconds ? `every ${schedule.every_seconds} s` : "once";
}

function time(at, otherwise) {
  return at ? h("time", { dateTime: at, text: fullTime(at) }) : otherwise;
}

export class SchedulesView {
  title = "Schedules";

  constructor(app) {
    this.app = app;
  }

  mount(root) {
    this.list = h("section", null);
    this.maker = h("div");
    root.append(h("div", { class: "page" }, h("h1", { tabIndex: -1, text: "Schedules" }), this.list, this.maker));
    this.maker.append(this.#newSchedule());
    this.maker.hidden = watches();
    this.#drawAgents();
    this.app.role.then(() => !this.isGone && this.#fetch());
  }

  unmount() {
    this.isGone = true;
  }

  changed({ type }) {
    if (type.startsWith("schedule:")) this.#fetch();
    if (type === "snapshot" || type.startsWith("agent:")) this.#drawAgents();
  }

  async #fetch() {
    const { api, workspace, failing } = this.app;
    await failing("the schedules", async () => {
      const { items, next } = await api.get(`/api/schedules?workspace_id=${workspace}`);
      if (!this.isGone) this.#draw(items, next);
    });
  }

  #draw(items, next) {
    if (items.length === 0) {
      this.list.replaceChildren(h("p", { class: "none", text: "There are none. A schedule makes tasks by itself." }));
      return;
    }
    const columns = ["Schedule", "When", "Next run", "Last run", "Missed", ""];
    const head = h("thead", null, h("tr", null, columns.map((name) => h("th", { scope: "col", text: name }))));
    const table = h("table", { "aria-label": "Schedules" }, head, h("tbody", null, items.map((each) => this.#row(each))));
    const more = next && h("p", { class: "note", text: "Older ones are not shown: muster schedule list has them." });
    this.list.replaceChildren(h("div", { class: "table" }, table), more || "");
  }

  #row(schedule) {
    const last = schedule.last_task_id ? h("a", { href: taskHref(schedule.last_task_id) }, ago(schedule.last_run_at), " ago") : "never";
    const button = (text, act) => {
      const element = h("button", { type: "button", class: "quiet", text, "aria-label": `${text} ${schedule.title}` });
      element.addEventListener("click", act);
      return element;
    };
    const isTheirs = administers() || schedule.created_by === this.app.me;
    const isPaused = schedule.status === "paused";
    const pause = isPaused ? button("Resume", () => this.#act(schedule, "resume")) : button("Pause", () => this.#act(schedule, "pause"));
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, schedule.title, schedule.last_error && h("span", { class: "note", text: schedule.last_error })),
      cell("When", when(schedule)),
      cell("Next run", time(schedule.next_run_at, schedule.status)),
      cell("Last run", last),
      cell("Missed", String(schedule.missed)),
      h("td", { class: "end acts" }, isTheirs && [button("Run now", () => this.#act(schedule, "run")), schedule.status !== "finished" && pause, button("Delete", () => this.#delete(schedule))]),
    );
  }

  async #act(schedule, verb) {
    const says = { run: "has a new task", pause: "is paused", resume: "goes on" }[verb];
    await this.#change(schedule.title, () => this.app.api.post(`/api/schedules/${schedule.id}/${verb}`, {}), says);
  }

  async #delete(schedule) {
    const isWanted = await ask(`Delete ${schedule.title}?`, "It makes no tasks any more. Those it has made stay.", "Delete", "Keep");
    if (isWanted) await this.#change(schedule.title, () => this.app.api.delete(`/api/schedules/${schedule.id}`), "is deleted");
  }

  async #change(title, act, says) {
    await this.app.failing(title, async () => {
      await act();
      done(`${title} ${says}.`);
    });
    if (!this.isGone) await this.#fetch();
  }

  #drawAgents() {
    const chosen = this.agents.value;
    const all = [...this.app.store.agents.values()].sort((a, b) => a.name.localeCompare(b.name));
    this.agents.replaceChildren(...all.map((agent) => h("option", { value: agent.id, text: agent.name, selected: agent.id === chosen })));
  }

  #newSchedule() {
    const fields = (this.fields = new Fields());
    this.agents = h("select", null);
    const kind = select(KINDS, "cron");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const parts = {
      cron: h(
        "div",
        { class: "pair" },
        fields.add("cron", "Cron", h("input", { type: "text", maxLength: 200, placeholder: "30 2 * * 1-5", autocomplete: "off" }), "Minute, hour, day of month, month, day of week; or @daily."),
        fields.add("time_zone", "Time zone", h("input", { type: "text", value: zone, autocomplete: "off" })),
      ),
      every_seconds: fields.add("every_seconds", "Seconds from run to run", h("input", { type: "number", min: 60, placeholder: "3600" })),
      at: fields.add("at", "At", h("input", { type: "datetime-local" })),
    };
    const choose = () => Object.entries(parts).forEach(([name, part]) => (part.hidden = name !== kind.value));
    kind.addEventListener("change", choose);
    choose();
    const send = async () => {
      const made = await this.app.api.post(`/api/schedules?workspace_id=${this.app.workspace}`, this.#wanted(kind.value));
      done(`${made.title} runs next ${fullTime(made.next_run_at)}.`);
      fields.input("title").value = "";
      await this.#fetch();
    };
    const element = form(
      { fields, label: "Make the schedule", send },
      fields.add("title", "Title", h("input", { type: "text", required: true, maxLength: 500, autocomplete: "off" })),
      fields.add("prompt", "Prompt", h("textarea", { rows: 4 }), "What the agent is to do each time."),
      h("div", { class: "pair" }, fields.add("agent_id", "Who works on it", this.agents), fields.add("priority", "Priority", select(PRIORITIES.map((each) => [each, words(each)])))),
      fields.add("kind", "When", kind),
      Object.values(parts),
      fields.add("overlap", "While a run before is not over", select(OVERLAPS, "skip")),
    );
    return h("details", { class: "new-token" }, h("summary", { text: "New schedule" }), element);
  }

  #wanted(kind) {
    const fields = this.fields;
    const once = fields.text("at");
    return {
      title: fields.text("title"),
      prompt: fields.input("prompt").value,
      agent_id: this.agents.value || null,
      priority: fields.text("priority"),
      overlap: fields.text("overlap"),
      cron: kind === "cron" ? fields.text("cron") : null,
      time_zone: kind === "cron" ? fields.text("time_zone") || null : null,
      every_seconds: kind === "every_seconds" ? fields.number("every_seconds") ?? 0 : null,
      at: kind === "at" ? (once ? new Date(once).toISOString() : "") : null,
    };
  }
}
