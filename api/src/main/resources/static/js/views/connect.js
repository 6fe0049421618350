// Connects a runtime: makes a token for it, says what to run where the work is to be done, and sees it arrive.

import { BASE } from "../api.js";
import { h } from "../dom.js";
import { Fields, form, select } from "../form.js";
import { moment } from "../format.js";
import { command } from "../parts.js";
import { go } from "../router.js";
import { administers } from "../who.js";
import { KINDS, LIFETIMES, multicaLines, runtimeLine } from "./kinds.js";
import { condition } from "./strip.js";

export class ConnectView {
  title = "Connect a runtime";
  #fields = new Fields();
  #kind = "shell";
  #token = null;
  #before = new Set();
  #hasArrived = false;

  constructor(app) {
    this.app = app;
  }

  mount(root) {
    this.body = h("div");
    this.result = h("section", { class: "connect-result", "aria-labelledby": "run-title", hidden: true });
    this.arrival = h("div", { role: "status", class: "arrival" });
    root.append(
      h(
        "div",
        { class: "page narrow" },
        h("p", { class: "crumbs" }, h("a", { href: "#/fleet", text: "Fleet" }), " / Connect"),
        h("h1", { tabIndex: -1, text: "Connect a runtime" }),
        h("p", { class: "note", text: "A runtime is a program on some machine that does the work of agents. It needs no open port: it asks this server for tasks." }),
        this.body,
        this.result,
        this.arrival,
      ),
    );
    this.app.role.then(() => !this.isGone && this.body.replaceChildren(administers() ? this.#form() : this.#forMembers()));
  }

  unmount() {
    this.isGone = true;
  }

  changed({ type }) {
    if (this.#token && (type === "daemon:register" || type === "learned" || type === "snapshot")) this.#lookForArrivals();
  }

  #forMembers() {
    return h("p", {
      class: "notice",
      text: "Only an owner or admin of the workspace makes tokens for runtimes. Ask one of them to connect it, or to give you a token.",
    });
  }

  #form() {
    const fields = this.#fields;
    this.command = h("textarea", { rows: 2, value: KINDS.shell.command, spellcheck: false });
    this.runs = h(
      "div",
      { class: "form" },
      fields.add("command", "Command", this.command, "Run by sh for each task, in a directory of its own."),
      fields.add("slots", "Tasks at once", h("input", { type: "number", min: 1, max: 100, value: "1" })),
    );
    const parts = [
      this.#kinds(),
      this.runs,
      h(
        "div",
        { class: "pair" },
        fields.add("name", "Name of the machine", h("input", { type: "text", value: "laptop", maxLength: 100, autocomplete: "off" }), "Its token is called so, and can be revoked alone."),
        fields.add("expires_in_days", "Its token is good for", select(LIFETIMES, "90"), "For the work of one daemon, in this workspace."),
      ),
    ];
    this.form = form({ fields, label: "Show what to run", send: () => this.#make() }, parts);
    this.form.addEventListener("input", () => this.#token && this.#drawResult());
    return this.form;
  }

  #kinds() {
    this.kindNote = h("p", { class: "note", id: "kind-note", text: KINDS.shell.note });
    const choices = Object.entries(KINDS).map(([kind, { label }]) => {
      const input = h("input", { type: "radio", name: "kind", value: kind, checked: kind === this.#kind });
      input.addEventListener("change", () => this.#choose(kind));
      return h("label", { class: "choice" }, input, label);
    });
    return h(
      "fieldset",
      { class: "field", "aria-describedby": "kind-note" },
      h("legend", { text: "What does the work" }),
      h("div", { class: "choices" }, choices),
      this.kindNote,
    );
  }

  #choose(kind) {
    this.#kind = kind;
    this.kindNote.textContent = KINDS[kind].note;
    this.runs.hidden = kind === "multica";
    if (KINDS[kind].command) this.command.value = KINDS[kind].command;
    if (this.#token && this.#hasArrived) this.#startOver();
    if (this.#token) this.#drawResult();
  }

  // A token is good for one daemon: what else is run needs another one.
  #startOver() {
    this.#token = null;
    this.#hasArrived = false;
    this.#keepToken(false);
    this.result.hidden = true;
  }

  // What the token is cannot be changed once it is made; what is run with it can.
  #keepToken(isMade) {
    for (const name of ["name", "expires_in_days"]) this.#fields.input(name).disabled = isMade;
    this.form.querySelector("button[type=submit]").hidden = isMade;
  }

  async #make() {
    const fields = this.#fields;
    const wanted = { name: fields.text("name"), scope: "daemon", one_daemon: true, expires_in_days: fields.number("expires_in_days") };
    this.#token = await this.app.api.post(`/api/workspaces/${this.app.workspace}/service-tokens`, wanted);
    this.#before = new Set(this.#online().map((runtime) => runtime.id));
    this.#keepToken(true);
    this.#drawResult();
    this.result.hidden = false;
    this.#lookForArrivals();
    this.result.querySelector("h2").focus();
  }

  #online() {
    return [...this.app.store.runtimes.values()].filter((runtime) => runtime.status === "online");
  }

  #drawResult() {
    const { token, expires_at: expires } = this.#token;
    const isMultica = this.#kind === "multica";
    const end = expires ? `until ${moment(expires)}` : "until it is revoked";
    this.result.replaceChildren(
      h("h2", { id: "run-title", tabIndex: -1, text: isMultica ? "Run these two lines on that machine" : "Run this in a checkout of Muster on that machine" }),
      command(this.#lines(token)),
      h("p", { class: "note", text: `The token in it is shown only now, and is good ${end}. The machine must reach ${BASE}.` }),
    );
  }

  #lines(token) {
    const fields = this.#fields;
    if (this.#kind === "multica") return multicaLines(token);
    return runtimeLine(this.#kind, {
      token,
      workspace: this.app.workspace,
      command: this.command.value.trim(),
      slots: fields.number("slots") ?? 1,
      machine: fields.text("name"),
    });
  }

  #lookForArrivals() {
    const arrived = this.#online().filter((runtime) => !this.#before.has(runtime.id));
    this.#hasArrived = arrived.length > 0;
    const signature = arrived.map((runtime) => `${runtime.id} ${runtime.name}`).join();
    if (signature === this.shown) return;
    this.shown = signature;
    this.arrival.replaceChildren(...(arrived.length === 0 ? [waiting()] : arrived.map((runtime) => this.#arrived(runtime))));
  }

  #arrived(runtime) {
    const other = h("button", { type: "button", class: "quiet", text: "Connect another" });
    other.addEventListener("click", () => go("#/connect"));
    return h(
      "div",
      { class: "notice good" },
      h("p", null, h("span", { class: `state ${condition(runtime).kind}` }), h("b", { text: runtime.name }), " is connected."),
      h("div", { class: "actions" }, h("a", { class: "button main", href: `#/agents/new?runtime=${runtime.id}`, text: "Create an agent on it" }), other),
    );
  }
}

const waiting = () => h("p", { class: "notice waits", text: "Waiting for the runtime: it shows up here as soon as it runs." });
