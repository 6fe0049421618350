// What somebody does next who has no runtime, no agent or no task yet.

import { BASE } from "../api.js";
import { h } from "../dom.js";
import { command } from "../parts.js";

const steps = {
  runtime: {
    title: "Connect a runtime",
    text: "A runtime is a program on some machine that does the work: Claude Code, Codex, a Multica daemon, or any command.",
    href: "#/connect",
    label: "Connect a runtime",
    isForAdmins: true,
  },
  agent: {
    title: "Create an agent",
    text: "An agent has instructions and a place to work: a runtime, or whatever runtime offers what it needs.",
    href: "#/agents/new",
    label: "Create an agent",
    isForAdmins: true,
    command: () => `./muster agent create greeter --provider shell`,
  },
  task: {
    title: "Give it work",
    text: "A task says what is to be done. You see here how it is taken and run, and what comes of it.",
    href: "#/new",
    label: "New task",
    command: () => `./muster task create 'Say hello' --agent <name of the agent> --wait`,
  },
};

/** @param kind `runtime`, `agent` or `task`: what is missing first */
export function newcomer(kind) {
  const step = steps[kind];
  return h(
    "section",
    { class: "newcomer" },
    h("h2", { text: step.title }),
    h("p", { text: step.text }),
    h("p", { class: step.isForAdmins ? "for-admins" : "acts" }, h("a", { href: step.href, class: "button main", text: step.label })),
    step.isForAdmins && h("p", { class: "for-members note", text: "An owner or admin of the workspace can do that." }),
    step.command && h("details", null, h("summary", { text: "On the command line" }), h("p", { class: "note", text: `After ./muster login --url ${BASE}:` }), command(step.command())),
  );
}
