// Who belongs to the workspace, which tokens reach it, and who changed what in it.

import { h } from "../dom.js";
import { Fields, form, select } from "../form.js";
import { day, fullTime } from "../format.js";
import { link } from "../invitation.js";
import { ago, cell, column, command } from "../parts.js";
import { done } from "../toast.js";
import { administers } from "../who.js";
import { changes } from "./changes.js";
import { ask } from "./confirm.js";
import { LIFETIMES } from "./kinds.js";

const SERVICE = /@service\.localhost$/;
const SCOPES = { daemon: "Daemon: runs tasks", watch: "Watch: sees everything, changes nothing", all: "All: whatever a member may do" };

const when = (time, otherwise) => (time ? [ago(time), " ago"] : otherwise);

/** An end is ahead: how long ago says nothing of it. */
function end(time) {
  if (!time) return "never";
  return h("time", { dateTime: time, title: fullTime(time), text: day(time) });
}

function table(id, columns, rows) {
  return h(
    "div",
    { class: "table" },
    h("table", { "aria-labelledby": id }, h("thead", null, h("tr", null, columns.map(column))), h("tbody", null, rows)),
  );
}

export class SettingsView {
  title = "Settings";

  constructor(app) {
    this.app = app;
  }

  mount(root) {
    this.members = h("section", { "aria-labelledby": "members-title" });
    this.invited = h("div", { class: "invited", role: "status" });
    this.made = h("div", { role: "status" });
    this.services = h("section", { "aria-labelledby": "services-title" });
    this.own = h("section", { "aria-labelledby": "own-title" });
    this.maker = h("div");
    this.changes = h("div");
    const webhooks = h("p", null, h("a", { href: "#/webhooks", text: "Webhooks" }), ": events that are sent to servers of yours.");
    root.append(
      h("div", { class: "page" }, h("h1", { tabIndex: -1, text: "Settings" }), this.members, this.invited, this.services, this.maker, this.made, this.own, webhooks, this.changes),
    );
    this.app.role.then(() => {
      if (this.isGone) return;
      if (administers()) {
        this.maker.replaceChildren(this.#newToken());
        this.changes.replaceChildren(changes(this.app));
      }
      this.#fetch();
    });
  }

  unmount() {
    this.isGone = true;
  }

  changed({ type }) {
    if (type.startsWith("member:")) this.#fetch();
  }

  async #fetch() {
    const { api, workspace, failing } = this.app;
    await failing("the settings", async () => {
      const [members, own, services] = await Promise.all([
        api.get(`/api/workspaces/${workspace}/members`),
        api.get("/api/tokens"),
        administers() ? api.get(`/api/workspaces/${workspace}/service-tokens`) : [],
      ]);
      if (this.isGone) return;
      this.#drawMembers(members.filter((member) => !SERVICE.test(member.email)));
      this.#drawTokens(this.services, "services", "Tokens of daemons and dashboards", services);
      this.#drawTokens(this.own, "own", "Your own tokens", own);
      this.services.hidden = !administers();
    });
  }

  #drawMembers(members) {
    const rows = members.map((member) => {
      const role = select(["owner", "admin", "member"].map((each) => [each, each]), member.role);
      role.setAttribute("aria-label", `Role of ${member.name}`);
      role.addEventListener("change", () => this.#change(`the role of ${member.name}`, () => this.app.api.patch(this.#path(member), { role: role.value })));
      const remove = h("button", { type: "button", class: "quiet", text: "Remove", "aria-label": `Remove ${member.name}` });
      remove.addEventListener("click", () => this.#remove(member));
      return h(
        "tr",
        null,
        h("th", { scope: "row" }, member.name, h("span", { class: "note", text: member.email })),
        cell("Role", administers() ? role : member.role),
        cell("Since", when(member.created_at, "")),
        h("td", { class: "end acts" }, administers() && h("button", { type: "button", class: "quiet", text: "Invite", "aria-label": `Invite ${member.name}`, on: { click: () => this.#invite(member) } }), administers() && remove),
      );
    });
    this.members.replaceChildren(
      h("div", { class: "bar" }, h("h2", { id: "members-title", text: "Members" })),
      table("members-title", ["Member", "Role", "Since", ""], rows),
    );
  }

  async #invite(member) {
    await this.app.failing(`the invitation of ${member.name}`, async () => {
      const made = await this.app.api.post(`${this.#path(member)}/invitation`);
      this.invited.replaceChildren(
        h("p", { text: `The invitation of ${made.email}, shown only now: hand it over. It is good for seven days, once.` }),
        command(link(made.token)),
      );
    });
  }

  #path(member) {
    return `/api/workspaces/${this.app.workspace}/members/${member.user_id}`;
  }

  async #remove(member) {
    const text = "Their tokens no longer reach this workspace. What they made stays.";
    if (await ask(`Remove ${member.name}?`, text, "Remove", "Keep")) await this.#change(member.name, () => this.app.api.delete(this.#path(member)), "is removed");
  }

  #drawTokens(section, name, title, tokens) {
    const rows = tokens.map((token) => {
      const isThis = this.app.api.token.startsWith(token.token_prefix);
      const revoke = h("button", { type: "button", class: "quiet", text: "Revoke", "aria-label": `Revoke ${token.name}` });
      revoke.addEventListener("click", () => this.#revoke(token, isThis));
      return h(
        "tr",
        null,
        h("th", { scope: "row" }, token.name, h("span", { class: "note mono", text: `${token.token_prefix}…${isThis ? " (this one)" : ""}` })),
        cell("Scope", token.one_daemon ? `${token.scope} of ${token.daemon_id ?? "the first that registers"}` : token.scope),
        cell("Made", when(token.created_at, "")),
        cell("Last used", when(token.last_used_at, "never")),
        cell("Ends", end(token.expires_at)),
        h("td", { class: "end acts" }, revoke),
      );
    });
    section.replaceChildren(
      h("div", { class: "bar" }, h("h2", { id: `${name}-title`, text: title })),
      rows.length > 0 ? table(`${name}-title`, ["Token", "Scope", "Made", "Last used", "Ends", ""], rows) : h("p", { class: "none", text: "There are none." }),
    );
  }

  async #revoke(token, isThis) {
    const text = isThis ? "It is the one that you are signed in with: this page signs out." : "Whoever uses it is refused at once.";
    if (await ask(`Revoke ${token.name}?`, text, "Revoke", "Keep")) await this.#change(token.name, () => this.app.api.delete(`/api/tokens/${token.id}`), "is revoked");
  }

  async #change(what, act, says = "is changed") {
    await this.app.failing(what, async () => {
      await act();
      done(`${what[0].toUpperCase()}${what.slice(1)} ${says}.`);
    });
    if (!this.isGone) await this.#fetch();
  }

  #newToken() {
    const fields = new Fields();
    const send = async () => {
      const wanted = { name: fields.text("name"), scope: fields.text("scope"), expires_in_days: fields.number("expires_in_days") };
      const made = await this.app.api.post(`/api/workspaces/${this.app.workspace}/service-tokens`, wanted);
      this.made.replaceChildren(h("p", { text: `The token ${made.name}, shown only now:` }), command(made.token));
      await this.#fetch();
    };
    const parts = [
      fields.add("name", "Name", h("input", { type: "text", maxLength: 100, autocomplete: "off" })),
      fields.add("scope", "What it is for", select(Object.entries(SCOPES), "watch")),
      fields.add("expires_in_days", "Good for", select(LIFETIMES, "90")),
    ];
    return h("details", { class: "new-token" }, h("summary", { text: "New token for a daemon or a dashboard" }), form({ fields, label: "Make the token", send }, h("div", { class: "pair" }, parts)));
  }
}
