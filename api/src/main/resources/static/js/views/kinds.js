// What may be a runtime, and what is run to make it one.

import { BASE } from "../api.js";

/** What may do the work. Those with a command are run by ./muster runtime, which hands it the prompt on its input. */
export const KINDS = {
  shell: {
    label: "Shell command",
    note: "Any program: a task's title and prompt are its input, what it prints is the result.",
    provider: "shell",
    command: 'echo "Hello from $MUSTER_AGENT_NAME"; cat',
  },
  claude: {
    label: "Claude Code",
    note: "Needs claude on that machine, signed in.",
    provider: "claude",
    command: "claude -p --permission-mode acceptEdits",
  },
  codex: {
    label: "Codex",
    note: "Needs codex on that machine, signed in.",
    provider: "codex",
    command: "codex exec --skip-git-repo-check --sandbox workspace-write -",
  },
  multica: { label: "Multica daemon", note: "Registers every coding agent that it finds on that machine. Needs multica there." },
};

/** How long a token may live, in days. */
export const LIFETIMES = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
  ["0", "until it is revoked"],
];

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const plain = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text));

/** One line for bash. The runtime works in a directory of its own, since two of them cannot have the same one. */
export function runtimeLine(kind, { token, workspace, command, slots, machine }) {
  const work = `muster-work/${kind}-${machine.replace(/[^\w.-]+/g, "-")}`;
  return [
    `MUSTER_URL=${plain(BASE)} MUSTER_TOKEN=${token} ./muster runtime`,
    `--workspace ${workspace} --provider ${KINDS[kind].provider}`,
    slots === 1 ? "" : `--slots ${slots}`,
    `--work ${work} --command ${quoted(command)}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Two lines: the login keeps the token, so that the daemon finds it whenever it is started. */
export const multicaLines = (token) =>
  `printf '%s\\n' ${token} | multica --server-url ${plain(BASE)} login --token\nMULTICA_SERVER_URL=${plain(BASE)} multica daemon start`;
