// Makes a workspace: the first thing that a new server needs.

import { h } from "../dom.js";
import { Fields, form } from "../form.js";

const short = (name) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/**
 * The form, and a way to look again for one that somebody else has made.
 *
 * @param api by which it is made
 * @param made is told the workspace
 * @param again looks whether there is one now
 */
export function newWorkspace(api, { made, again }) {
  const fields = new Fields();
  const name = h("input", { type: "text", required: true, maxLength: 200, autocomplete: "off" });
  const slug = h("input", { type: "text", maxLength: 200, autocomplete: "off", spellcheck: false });
  const prefix = h("input", { type: "text", maxLength: 20, autocomplete: "off", placeholder: "the name's first letters" });
  let isOwn = false;
  slug.addEventListener("input", () => (isOwn = slug.value !== ""));
  name.addEventListener("input", () => !isOwn && (slug.value = short(name.value)));
  const send = async () => {
    const wanted = { name: fields.text("name"), slug: fields.text("slug"), issue_prefix: fields.text("issue_prefix") || null };
    made(await api.post("/api/workspaces", wanted));
  };
  const element = form(
    { fields, label: "Create the workspace", send },
    fields.add("name", "Name", name),
    h(
      "div",
      { class: "pair" },
      fields.add("slug", "Short name", slug, "Names it on the command line."),
      fields.add("issue_prefix", "Prefix of its issues", prefix, "ACM makes ACM-1, ACM-2, …"),
    ),
  );
  return h(
    "div",
    { class: "page narrow" },
    h("h1", { tabIndex: -1, text: "Create a workspace" }),
    h("p", { class: "note", text: "Runtimes, agents and tasks belong to a workspace. This token reaches none yet: make one, or have somebody let you into theirs." }),
    element,
    h("div", null, h("button", { type: "button", text: "Look again", on: { click: again } })),
  );
}
