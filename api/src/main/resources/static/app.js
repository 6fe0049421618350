"use strict";

// The page asks for lists once and then moves them by what the socket says. Whatever a frame only
// hints at is fetched again. Text from the server only ever becomes text nodes.

const STATES = ["queued", "dispatched", "running", "completed", "failed", "cancelled"];
const FINAL = new Set(["completed", "failed", "cancelled"]);
const TASKS_MAX = 500;
const SHOWN_MAX = 40;
const NAMED_MAX = 6;
const WAITING_EVERY = 5000;
const TOKEN = "muster.token";
const WORKSPACE = "muster.workspace";

const byId = (id) => document.getElementById(id);

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// ---- what is known

const known = {
  agents: new Map(),
  issues: new Map(),
  runtimes: new Map(),
  tasks: new Map(),
  progress: new Map(),
  waiting: new Map(),
  more: false,
};

function forget() {
  for (const part of ["agents", "issues", "runtimes", "tasks", "progress", "waiting"]) known[part].clear();
  known.more = false;
  due.clear();
  held = [];
}

const byIdOf = (list) => new Map(list.map((item) => [item.id, item]));

// ---- the server

let token = sessionStorage.getItem(TOKEN);
let workspace = sessionStorage.getItem(WORKSPACE);
let skewMillis = 0;

class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

async function ask(path, search = {}) {
  const query = new URLSearchParams(search).toString();
  let response;
  try {
    response = await fetch(query ? `${path}?${query}` : path, { headers: { Authorization: `Bearer ${token}` } });
  } catch {
    throw new Refusal(0, "The server cannot be reached.");
  }
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(date)) skewMillis = date - Date.now();
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(response.status, `${problem.error ?? response.statusText ?? "error"} (${response.status}, ${path})`);
}

const fetchers = {
  async runtimes(of) {
    return byIdOf(await ask("/api/runtimes", { workspace_id: of }));
  },
  async agents(of) {
    return byIdOf(await ask("/api/agents", { workspace_id: of }));
  },
  async issues(of) {
    return byIdOf((await ask("/api/issues", { workspace_id: of, limit: TASKS_MAX })).issues);
  },
  async waiting(of) {
    return new Map(Object.entries(await ask("/api/tasks/waiting", { workspace_id: of })));
  },
  async tasks(of) {
    const page = await ask("/api/tasks", { workspace_id: of, limit: TASKS_MAX });
    return Object.assign(byIdOf(page.tasks), { more: page.next != null });
  },
};

// ---- fetching

// Frames that come while a list is under way are applied behind it: the list may be older.
let fetching = 0;
let held = [];
const due = new Set();
let fetchTimer = null;

function fetchSoon(...parts) {
  parts.forEach((part) => due.add(part));
  if (fetchTimer === null) fetchTimer = setTimeout(fetchDue, 150);
}

async function fetchDue() {
  const parts = [...due];
  const of = workspace;
  due.clear();
  fetching++;
  const results = await Promise.allSettled(parts.map((part) => fetchers[part](of)));
  fetching--;
  fetchTimer = due.size > 0 ? setTimeout(fetchDue, 1000) : null;
  if (of !== workspace || token === null) return;
  parts.forEach((part, i) => {
    const { status, value, reason } = results[i];
    if (status === "rejected") {
      failed(part, reason);
      return;
    }
    clearError(part);
    known[part] = value;
    if (part === "tasks") known.more = value.more;
  });
  const frames = held;
  held = [];
  frames.forEach(apply);
  draw();
}

function failed(part, reason) {
  if (reason.status === 401) {
    signOut("The token is not valid, or no longer.");
    return;
  }
  showError(part, `The ${part} could not be fetched: ${reason.message}`);
  if (reason.status === 0 || reason.status >= 500) setTimeout(() => token !== null && fetchSoon(part), 5000);
}

// ---- frames

function move(payload, changes) {
  const task = known.tasks.get(payload.task_id);
  if (!task) {
    if (!payload.issue_id) {
      fetchSoon("tasks");
      return;
    }
    known.tasks.set(payload.task_id, { id: payload.task_id, created_at: nowText(), ...payload, ...changes });
    prune();
  } else {
    Object.assign(task, payload, changes);
  }
  if (payload.issue_id && !known.issues.has(payload.issue_id)) fetchSoon("issues");
  if (payload.agent_id && !known.agents.has(payload.agent_id)) fetchSoon("agents");
}

function prune() {
  for (const [id, task] of known.tasks) {
    if (known.tasks.size <= TASKS_MAX * 2) return;
    if (FINAL.has(task.status)) {
      known.tasks.delete(id);
      known.progress.delete(id);
      known.more = true;
    }
  }
}

const nowText = () => new Date(serverNow()).toISOString();
const ended = (payload) => {
  known.progress.delete(payload.task_id);
  move(payload, { completed_at: nowText() });
};

const frames = {
  "task:queued": (p) => move(p),
  "task:assigned": (p) => move(p),
  "task:dispatch": (p) => move(p, { status: "dispatched", dispatched_at: nowText() }),
  "task:running": (p) => move(p, { started_at: nowText() }),
  "task:requeued": (p) => {
    known.progress.delete(p.task_id);
    move(p, { dispatched_at: null, started_at: null });
  },
  "task:ready": (p) => move(p),
  "task:coalesced": (p) => move(p),
  "task:cancel_requested": (p) => move(p, { cancel_requested_at: nowText() }),
  "task:completed": ended,
  "task:failed": (p) => {
    ended(p);
    fetchSoon("tasks");
  },
  "task:cancelled": ended,
  "task:progress": (p) => known.progress.set(p.task_id, p),
  "agent:created": (p) => known.agents.set(p.agent.id, p.agent),
  "agent:status": (p) => p.agent && known.agents.set(p.agent.id, { ...known.agents.get(p.agent.id), ...p.agent }),
  "agent:deleted": () => fetchSoon("agents", "tasks"),
  "issue:created": (p) => known.issues.set(p.issue.id, p.issue),
  "issue:updated": (p) => known.issues.set(p.issue.id, p.issue),
  "issue:deleted": () => fetchSoon("issues", "tasks"),
  "daemon:register": (p) => {
    for (const runtime of p.runtimes ?? []) {
      if (runtime.name) known.runtimes.set(runtime.id, runtime);
    }
    if (p.action || !p.runtimes) fetchSoon("runtimes");
  },
  "daemon:conflict": (p) =>
    showError(
      `conflict ${p.runtime_id}`,
      `Two daemons call themselves ${p.daemon_id} (${p.provider}): ${p.superseded_process_id} was replaced by ${p.process_id} and is still alive. End one, or give it a daemon_id of its own.`,
    ),
  "workspace:updated": () => loadWorkspaces(),
  "workspace:deleted": () => loadWorkspaces(),
};

function apply(frame) {
  frames[frame.type]?.(frame.payload);
}

// ---- the socket

let socket = null;
let retryTimer = null;

function connect() {
  disconnect();
  if (token === null || workspace === null) return;
  state("waiting", "Connecting…");
  const address = new URL("/ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = new URLSearchParams({ workspace_id: workspace });
  const mine = new WebSocket(address);
  socket = mine;
  mine.onopen = () => mine.send(JSON.stringify({ type: "auth", payload: { token } }));
  mine.onmessage = (message) => {
    if (mine === socket) hear(JSON.parse(message.data));
  };
  mine.onclose = (event) => {
    if (mine === socket) lost(event);
  };
}

function hear(frame) {
  if (frame.type === "auth_ack") {
    state("live", "Live");
    clearError("socket");
    fetchSoon("runtimes", "agents", "issues", "tasks", "waiting");
    return;
  }
  if (fetching > 0) {
    held.push(frame);
    return;
  }
  apply(frame);
  draw();
}

function lost(event) {
  socket = null;
  if (event.code === 1008 && event.reason === "invalid token") {
    signOut("The token is not valid, or no longer.");
    return;
  }
  if (event.code === 1008) {
    showError("socket", `The server closed the connection: ${event.reason || "not allowed"}.`);
    loadWorkspaces();
  }
  state("waiting", event.reason ? `Reconnecting: ${event.reason}` : "Reconnecting…");
  retryTimer = setTimeout(connect, 3000 + Math.random() * 2000);
}

function disconnect() {
  clearTimeout(retryTimer);
  retryTimer = null;
  const former = socket;
  socket = null;
  former?.close();
}

addEventListener("offline", () => {
  if (socket) {
    disconnect();
    state("waiting", "Offline");
  }
});
addEventListener("online", connect);

// ---- signing in and out, and which workspace

async function loadWorkspaces() {
  let list;
  try {
    list = await ask("/api/workspaces");
  } catch (refusal) {
    if (refusal.status === 401) {
      signOut("The token is not valid, or no longer.");
    } else {
      showError("workspaces", `The workspaces could not be fetched: ${refusal.message}`);
      state("waiting", "Reconnecting…");
      if (token !== null) setTimeout(() => token !== null && loadWorkspaces(), 5000);
    }
    return;
  }
  clearError("workspaces");
  sessionStorage.setItem(TOKEN, token);
  byId("door").hidden = true;
  byId("desk").hidden = byId("chooser").hidden = byId("leave").hidden = false;
  byId("workspace").replaceChildren(...list.map((w) => element("option", { value: w.id, textContent: w.name })));
  if (list.length === 0) {
    choose(null);
    showError("workspaces", "This token reaches no workspace.");
    state("out", "No workspace");
  } else if (list.some((w) => w.id === workspace)) {
    byId("workspace").value = workspace;
    if (socket === null && retryTimer === null) connect();
  } else {
    choose(list[0].id);
  }
}

function choose(id) {
  workspace = id;
  forget();
  if (id === null) {
    sessionStorage.removeItem(WORKSPACE);
    disconnect();
  } else {
    sessionStorage.setItem(WORKSPACE, id);
    byId("workspace").value = id;
    connect();
  }
  draw();
}

function signOut(why) {
  sessionStorage.removeItem(TOKEN);
  sessionStorage.removeItem(WORKSPACE);
  token = null;
  workspace = null;
  disconnect();
  forget();
  byId("errors").replaceChildren();
  byId("door").hidden = false;
  byId("desk").hidden = byId("chooser").hidden = byId("leave").hidden = true;
  state("out", "Signed out");
  if (why) showError("token", why);
  byId("token").focus();
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  clearError("token");
  token = byId("token").value.trim();
  if (/[^\x21-\x7e]/.test(token)) {
    signOut("A token has only letters, digits and signs.");
    button.disabled = false;
    return;
  }
  await loadWorkspaces();
  button.disabled = false;
  if (token !== null) byId("token").value = "";
});
byId("workspace").addEventListener("change", (event) => choose(event.target.value));
byId("leave").addEventListener("click", () => signOut());

// ---- what is seen

function state(kind, text) {
  const shown = byId("connection");
  shown.dataset.state = kind;
  if (shown.textContent !== text) shown.textContent = text;
}

function showError(about, text) {
  clearError(about);
  const close = element("button", { type: "button", className: "quiet", textContent: "Dismiss" });
  const line = element("p", {}, text, close);
  line.dataset.about = about;
  close.addEventListener("click", () => line.remove());
  byId("errors").append(line);
}

function clearError(about) {
  byId("errors").querySelector(`[data-about="${about}"]`)?.remove();
}

const serverNow = () => Date.now() + skewMillis;

function age(since) {
  const seconds = Math.max(0, Math.round((serverNow() - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return "";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

const since = (task) =>
  (FINAL.has(task.status) && task.completed_at) || (task.status === "running" && task.started_at) || task.created_at;

const issueName = (task) => known.issues.get(task.issue_id)?.identifier ?? "Task " + task.id.slice(0, 8);

function says(task) {
  if (task.status === "failed") return task.error ?? "";
  if (task.status === "running" && task.cancel_requested_at) return "Cancelling…";
  const progress = task.status === "running" ? known.progress.get(task.id) : null;
  if (!progress) return "";
  const step = progress.step ? `${progress.step}${progress.total ? "/" + progress.total : ""} ` : "";
  return step + (progress.summary ?? "");
}

function card(task) {
  const time = element("time", { textContent: age(since(task)), dateTime: since(task), title: since(task) });
  const agent = known.agents.get(task.agent_id)?.name ?? "Unknown agent";
  const runtime = FINAL.has(task.status) ? null : known.runtimes.get(task.runtime_id)?.name;
  const item = element(
    "li",
    { className: "card" },
    element("div", { className: "top" }, element("span", { textContent: issueName(task) }), time),
    element("div", { className: "title", textContent: known.issues.get(task.issue_id)?.title ?? "" }),
    element("div", { className: "bottom" }, element("span", { textContent: runtime ? `${agent} · ${runtime}` : agent })),
  );
  if (says(task)) item.append(element("p", { className: "says", textContent: says(task) }));
  return item;
}

// A card that says what it said before stays the same element, so nothing flickers or loses focus.
const drawn = new Map();

function cardOf(task) {
  const issue = known.issues.get(task.issue_id);
  const facts = [task.status, since(task), says(task), issue?.identifier, issue?.title];
  facts.push(known.agents.get(task.agent_id)?.name, known.runtimes.get(task.runtime_id)?.name);
  const signature = JSON.stringify(facts);
  const former = drawn.get(task.id);
  if (former?.signature === signature) return former.item;
  const item = card(task);
  if (former?.status === task.status) item.style.animation = "none";
  drawn.set(task.id, { signature, item, status: task.status });
  return item;
}

const columns = new Map(
  STATES.map((name) => {
    const count = element("span");
    const list = element("ul");
    const more = element("p", { className: "more" });
    const title = element("h3", {}, name[0].toUpperCase() + name.slice(1), count);
    const column = element("section", { className: "column" }, title, list, more);
    column.dataset.state = name;
    byId("board").append(column);
    return [name, { column, count, list, more }];
  }),
);

function drawTasks() {
  const sorted = [...known.tasks.values()].sort((a, b) => Date.parse(since(b)) - Date.parse(since(a)));
  const seen = new Set();
  for (const [name, { column, count, list, more }] of columns) {
    const tasks = sorted.filter((task) => task.status === name);
    const shown = tasks.slice(0, SHOWN_MAX);
    shown.forEach((task) => seen.add(task.id));
    column.classList.toggle("none", tasks.length === 0);
    count.textContent = tasks.length + (known.more && FINAL.has(name) ? "+" : "");
    const cards = tasks.length === 0 ? [element("li", { className: "card empty", textContent: "None" })] : shown.map(cardOf);
    if (cards.length !== list.children.length || cards.some((c, i) => c !== list.children[i])) list.replaceChildren(...cards);
    more.hidden = tasks.length <= SHOWN_MAX;
    more.textContent = `and ${tasks.length - SHOWN_MAX} more`;
  }
  for (const id of drawn.keys()) if (!seen.has(id)) drawn.delete(id);
  byId("tasks-note").textContent = known.more ? `the newest ${known.tasks.size}` : "";
  drawWaiting();
}

// The server's words for why tasks wait, for people.
const REASONS = {
  backoff: "between two attempts",
  scheduled: "not due yet",
  agent_paused: "agent paused",
  issue_busy: "agent at work on the same issue",
  key_busy: "concurrency key busy",
  agent_full: "agent at its limit",
  rate_limited: "agent at its rate",
  no_runtime_fits: "no runtime fits",
  all_offline: "runtimes offline",
  runtime_paused: "runtimes paused",
  runtime_deaf: "runtimes do not claim",
  runtime_full: "runtimes full",
  unassigned: "about to be assigned",
  unclaimed: "about to be claimed",
};

function drawWaiting() {
  const parts = [...known.waiting].map(([reason, count]) => `${count} ${REASONS[reason] ?? reason}`);
  byId("waiting").textContent = parts.length > 0 ? `Waiting: ${parts.join(", ")}` : "";
}

function runtimeItem(runtime, active) {
  const what = element("p", { className: "what" });
  if (active.length > 0) {
    const named = active.slice(0, NAMED_MAX).map((task) => element("b", { textContent: issueName(task) }));
    what.append(...named.flatMap((name, i) => (i === 0 ? [name] : [", ", name])));
    if (active.length > NAMED_MAX) what.append(` and ${active.length - NAMED_MAX} more`);
  } else {
    what.append(runtime.status === "online" ? "Idle" : "Offline");
  }
  const intake = { paused: "Paused", draining: "Draining" }[runtime.intake] ?? (runtime.deaf ? "Does not claim" : "");
  if (intake && runtime.status === "online") what.append(` · ${intake}`);
  const slots = runtime.max_concurrent_tasks > 1 ? ` · ${active.length}/${runtime.max_concurrent_tasks}` : "";
  return element(
    "li",
    { className: runtime.status === "online" ? "online" : "offline" },
    element("div", { className: "name", textContent: runtime.name }),
    element("p", { className: "what", textContent: [runtime.provider + slots, runtime.device_info].filter(Boolean).join(" · ") }),
    what,
  );
}

function drawRuntimes() {
  const active = Map.groupBy(
    [...known.tasks.values()].filter((task) => task.status === "dispatched" || task.status === "running"),
    (task) => task.runtime_id,
  );
  const runtimes = [...known.runtimes.values()].sort(
    (a, b) => (b.status === "online") - (a.status === "online") || a.name.localeCompare(b.name),
  );
  const online = runtimes.filter((runtime) => runtime.status === "online").length;
  byId("runtimes-count").textContent = runtimes.length > 0 ? `${online} of ${runtimes.length} online` : "";
  byId("runtimes").replaceChildren(
    ...(runtimes.length > 0
      ? runtimes.map((runtime) => runtimeItem(runtime, active.get(runtime.id) ?? []))
      : [element("li", { className: "empty", textContent: "No runtime yet: start a daemon, and it shows up here." })]),
  );
}

let drawTimer = null;

function draw() {
  drawTimer ??= setTimeout(() => {
    drawTimer = null;
    drawRuntimes();
    drawTasks();
  }, 100);
}

setInterval(() => {
  if (socket !== null && workspace !== null && !document.hidden) fetchSoon("waiting");
}, WAITING_EVERY);

setInterval(() => {
  for (const time of document.querySelectorAll("time")) time.textContent = age(time.dateTime);
}, 5000);

draw();
if (token === null) byId("token").focus();
else loadWorkspaces();
