// Who changed what in the workspace, the newest first: the audit log, for owners and admins.

import { h } from "../dom.js";
import { words } from "../format.js";
import { ago, cell, column } from "../parts.js";

const PAGE = 20;
const COLUMNS = ["What", "Who", "When", "From"];
const VERBS = { POST: "added", PUT: "changed", PATCH: "changed", DELETE: "removed" };
const ACTS = new Set(["pause", "drain", "resume", "run", "rotate", "redrive", "leave"]);

/** `PATCH /api/agents/{id}` reads Agents: changed, and `POST /api/agents/{id}/pause` Agents: pause. */
export function sentence(action) {
  const [method, path] = action.split(" ");
  const names = path.replace("/api/", "").split("/").filter((part) => !part.startsWith("{"));
  const act = ACTS.has(names.at(-1)) ? names.pop() : VERBS[method];
  const things = names[0] === "workspaces" && names.length > 1 ? names.slice(1) : names;
  return `${words(things.join("_").replaceAll("-", "_"))}: ${act}`;
}

function row(change) {
  const set = change.members.length > 0 && h("span", { class: "note", text: change.members.map(words).join(", ") });
  const doubt = change.status === null && h("span", { class: "note", text: "whether it was done is not known" });
  const subject = change.subject_id && h("span", { class: "note mono", text: change.subject_id, title: change.subject_id });
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, sentence(change.action), set, subject, doubt),
    cell("Who", change.actor_name ?? change.actor_id.slice(0, 8)),
    cell("When", ago(change.at), " ago"),
    cell("From", change.address),
  );
}

/** The section: a page of changes, and further ones when they are asked for. */
export function changes(app) {
  const rows = h("tbody");
  const more = h("button", { type: "button", class: "quiet", text: "Earlier changes", hidden: true });
  const none = h("p", { class: "none", text: "There are none.", hidden: true });
  const table = h("div", { class: "table" }, h("table", { "aria-labelledby": "changes-title" }, h("thead", null, h("tr", null, COLUMNS.map(column))), rows));
  let next = null;
  const fetch = () =>
    app.failing("the changes", async () => {
      const page = await app.api.get(`/api/workspaces/${app.workspace}/audit-log`, { limit: PAGE, cursor: next });
      rows.append(...page.entries.map(row));
      next = page.next;
      more.hidden = next === null;
      none.hidden = rows.childElementCount > 0;
      table.hidden = !none.hidden;
    });
  more.addEventListener("click", fetch);
  fetch();
  return h("section", { "aria-labelledby": "changes-title" }, h("div", { class: "bar" }, h("h2", { id: "changes-title", text: "Changes" })), table, none, h("div", { class: "actions" }, more));
}
