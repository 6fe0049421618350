// Webhooks: what is sent to servers as it happens, what of it was not taken, and a new one.

import { h } from "../dom.js";
import { Fields, form } from "../form.js";
import { ago, cell, column, command } from "../parts.js";
import { done } from "../toast.js";
import { watches } from "../who.js";
import { ask } from "./confirm.js";

const REASONS = {
  failing: "switched off: nothing was taken for too long",
  gone: "switched off: its server says that nobody is there any more",
  author_gone: "switched off: whoever made it is no member any more",
};

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

function state(webhook) {
  if (!webhook.enabled) return REASONS[webhook.disabled_reason] ?? "switched off";
  return webhook.failing_since ? ["failing for ", ago(webhook.failing_since)] : "on";
}

function table(label, columns, rows) {
  const head = h("thead", null, h("tr", null, columns.map(column)));
  return h("div", { class: "table" }, h("table", { "aria-label": label }, head, h("tbody", null, rows)));
}

export class WebhooksView {
  title = "Webhooks";

  constructor(app) {
    this.app = app;
  }

  mount(root) {
    this.list = h("section", null);
    this.made = h("div", { role: "status" });
    this.deliveries = h("section", { "aria-label": "What was not taken" });
    this.maker = h("div", { hidden: watches() }, this.#newWebhook());
    root.append(h("div", { class: "page" }, h("h1", { tabIndex: -1, text: "Webhooks" }), this.list, this.deliveries, this.made, this.maker));
    this.app.role.then(() => !this.isGone && this.#fetch());
  }

  unmount() {
    this.isGone = true;
  }

  changed({ type }) {
    if (type.startsWith("webhook:")) this.#fetch();
  }

  async #fetch() {
    const { api, workspace, failing } = this.app;
    await failing("the webhooks", async () => {
      const { items } = await api.get(`/api/webhooks?workspace_id=${workspace}`);
      if (!this.isGone) this.#draw(items);
    });
  }

  #draw(items) {
    if (items.length === 0) {
      this.list.replaceChildren(h("p", { class: "none", text: "There are none of yours. A webhook sends events to a server of yours as they happen." }));
      return;
    }
    const columns = ["Webhook", "Events", "State", "Taken", "Not taken", ""];
    this.list.replaceChildren(table("Webhooks", columns, items.map((each) => this.#row(each))));
  }

  #row(webhook) {
    const button = (text, act) => {
      const element = h("button", { type: "button", class: "quiet", text, "aria-label": `${text} ${webhook.name}` });
      element.addEventListener("click", act);
      return element;
    };
    const notTaken = [webhook.waiting && count(webhook.waiting, "waits", "wait"), webhook.failed && `${webhook.failed} given up`];
    const patch = (enabled) => () => this.#change(webhook.name, () => this.app.api.patch(this.#path(webhook), { enabled }), enabled ? "goes on" : "is switched off");
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, webhook.name, h("span", { class: "note mono", text: webhook.url })),
      cell("Events", webhook.events.join(", ")),
      cell("State", state(webhook), webhook.last_error && h("span", { class: "note", text: webhook.last_error })),
      cell("Taken", String(webhook.delivered), webhook.last_delivered_at && h("span", { class: "note" }, "last ", ago(webhook.last_delivered_at), " ago")),
      cell("Not taken", notTaken.filter(Boolean).join(", ") || "none"),
      h("td", { class: "end acts" }, !watches() && [
        notTaken.some(Boolean) && button("Look", () => this.#look(webhook)),
        webhook.enabled ? button("Disable", patch(false)) : button("Enable", patch(true)),
        button("New secret", () => this.#rotate(webhook)),
        button("Delete", () => this.#delete(webhook)),
      ]),
    );
  }

  #path = (webhook) => `/api/webhooks/${webhook.id}`;

  async #look(webhook) {
    await this.app.failing(webhook.name, async () => {
      const { items } = await this.app.api.get(`${this.#path(webhook)}/deliveries?limit=100`);
      if (this.isGone) return;
      const rows = items.map((each) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, each.type, h("span", { class: "note", text: `position ${each.position}` })),
          cell("State", each.state === "failed" ? "given up" : ["again ", h("time", { dateTime: each.next_at, text: new Date(each.next_at).toLocaleTimeString() })]),
          cell("Attempts", String(each.attempts)),
          cell("Why", each.last_error ?? "waits for an earlier one", each.last_answer && h("span", { class: "note mono", text: each.last_answer })),
        ),
      );
      const redrive = h("button", { type: "button", text: "Send again what was given up" });
      redrive.addEventListener("click", () => this.#redrive(webhook));
      this.deliveries.replaceChildren(
        h("div", { class: "bar" }, h("h2", { text: `Not taken by ${webhook.name}` }), items.some((each) => each.state === "failed") && redrive),
        table(`Not taken by ${webhook.name}`, ["Event", "State", "Attempts", "Why"], rows),
      );
    });
  }

  async #redrive(webhook) {
    await this.app.failing(webhook.name, async () => {
      const { redriven } = await this.app.api.post(`${this.#path(webhook)}/redrive`, {});
      done(`${count(redriven, "event is", "events are")} sent again.`);
    });
    this.deliveries.replaceChildren();
    if (!this.isGone) await this.#fetch();
  }

  async #rotate(webhook) {
    const text = "What is sent is signed with the old one, too, for another day.";
    if (!(await ask(`A new secret for ${webhook.name}?`, text, "New secret", "Keep"))) return;
    await this.app.failing(webhook.name, async () => this.#show(await this.app.api.post(`${this.#path(webhook)}/rotate`, {})));
  }

  async #delete(webhook) {
    const isWanted = await ask(`Delete ${webhook.name}?`, "Nothing more is sent to its server.", "Delete", "Keep");
    if (isWanted) await this.#change(webhook.name, () => this.app.api.delete(this.#path(webhook)), "is deleted");
  }

  async #change(name, act, says) {
    await this.app.failing(name, async () => {
      await act();
      done(`${name} ${says}.`);
    });
    if (!this.isGone) await this.#fetch();
  }

  #show(made) {
    this.made.replaceChildren(h("p", { text: `The secret of ${made.name}, shown only now:` }), command(made.secret));
  }

  #newWebhook() {
    const fields = new Fields();
    const send = async () => {
      const events = fields.text("events").split(/[,\s]+/).filter(Boolean);
      const wanted = { name: fields.text("name"), url: fields.text("url"), events };
      this.#show(await this.app.api.post(`/api/webhooks?workspace_id=${this.app.workspace}`, wanted));
      fields.input("name").value = "";
      await this.#fetch();
    };
    const element = form(
      { fields, label: "Make the webhook", send },
      fields.add("name", "Name", h("input", { type: "text", required: true, maxLength: 500, autocomplete: "off" })),
      fields.add("url", "Address", h("input", { type: "url", required: true, maxLength: 2000, placeholder: "https://", autocomplete: "off" }), "Events are sent there, signed."),
      fields.add("events", "Events", h("input", { type: "text", value: "task.*", autocomplete: "off" }), "Names, as task.failed; task.* for a family; * for all."),
    );
    return h("details", { class: "new-token" }, h("summary", { text: "New webhook" }), element);
  }
}
