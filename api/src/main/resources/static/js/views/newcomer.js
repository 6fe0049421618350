// What somebody does next who has no runtime, no agent or no task yet.

import { BASE } from "../api.js";
import { h } from "../dom.js";
import { command } from "../parts.js";

const steps = {
  workspace: ({ origin }) => ({
    title: "Make a workspace",
    text: "This token reaches no workspace yet. Everything happens in one:",
    command: `curl -s ${origin}/api/workspaces -H "Authorization: Bearer $MUSTER_TOKEN" \\\n  -d '{"name":"Acme","slug":"acme"}'`,
    then: "",
  }),
  runtime: ({ origin, workspace }) => ({
    title: "Start a runtime",
    text: "A runtime is a program on some machine that does the work. This one runs a command for each task: its prompt is the command's input, its output the result.",
    command: `export MUSTER_URL=${origin} MUSTER_TOKEN=<your token>\n./muster runtime --workspace ${workspace} --provider shell --command 'cat'`,
    then: "It shows up here as soon as it runs.",
  }),
  agent: ({ origin, workspace }) => ({
    title: "Make an agent",
    text: "An agent names a runtime, or what it needs of one. Whatever runtime fits may then work for it.",
    command: `curl -s "${origin}/api/agents?workspace_id=${workspace}" -H "Authorization: Bearer $MUSTER_TOKEN" \\\n  -d '{"name":"Shell","provider":"shell","max_concurrent_tasks":4}'`,
    then: "Or give a task to any runtime that fits, without an agent of your own: ",
  }),
  task: ({ origin, workspace }) => ({
    title: "Give it work",
    text: "Make a task on this page, or by a call:",
    command: `curl -s "${origin}/api/tasks?workspace_id=${workspace}" -H "Authorization: Bearer $MUSTER_TOKEN" \\\n  -d '{"title":"Say hello","prompt":"Hello","provider":"shell"}'`,
    then: "",
  }),
};

/** @param kind `workspace`, `runtime`, `agent` or `task`: what is missing first */
export function newcomer(kind, workspace, ...more) {
  const step = steps[kind]({ origin: BASE, workspace });
  return h(
    "section",
    { class: "newcomer" },
    h("h2", { text: step.title }),
    h("p", { text: step.text }),
    command(step.command),
    h("p", null, step.then, ["agent", "task"].includes(kind) && h("a", { href: "#/new", class: "button", text: "New task" }), more),
  );
}
