// Where the page begins: signs in, chooses the workspace, shows the view that the address names.

import { Api } from "./api.js";
import { Connection } from "./connection.js";
import { byId, h } from "./dom.js";
import { OVER, invited, isInvitation, isInvited, welcome } from "./invitation.js";
import { end, returned } from "./oidc.js";
import { conflict } from "./format.js";
import { Live } from "./live.js";
import { tickTimes } from "./parts.js";
import { route } from "./router.js";
import { session } from "./session.js";
import { Store } from "./store.js";
import { clearToast, clearToasts, failed } from "./toast.js";
import { AgentView } from "./views/agent.js";
import { BoardView } from "./views/board.js";
import { ConnectView } from "./views/connect.js";
import { FailuresView } from "./views/failures.js";
import { FleetView } from "./views/fleet.js";
import { listenForKeys, showKeys } from "./views/keys.js";
import { MissingView } from "./views/missing.js";
import { NewTaskView } from "./views/newtask.js";
import { RuntimeView } from "./views/runtime.js";
import { SchedulesView } from "./views/schedules.js";
import { SettingsView } from "./views/settings.js";
import { door } from "./views/signin.js";
import { TaskView } from "./views/task.js";
import { TasksView } from "./views/tasks.js";
import { WebhooksView } from "./views/webhooks.js";
import { newWorkspace } from "./views/workspace.js";
import { learnRole, learnScope } from "./who.js";

const VIEWS = { board: BoardView, tasks: TasksView, task: TaskView, fleet: FleetView, connect: ConnectView };
Object.assign(VIEWS, { agent: AgentView, failures: FailuresView, missing: MissingView, new: NewTaskView, runtime: RuntimeView, schedules: SchedulesView, settings: SettingsView, webhooks: WebhooksView });
const FORMS = new Set(["new", "agent"]);
const TRY_AGAIN = 5_000;

const connection = new Connection();
let api = null;
let app = null;
let view = null;
let me = null;
let retry = 0;

/** Does something that may be refused, and says so if it is; a later success takes the message back. */
async function failing(about, what) {
  try {
    await what();
    clearToast(about);
  } catch (refusal) {
    if (refusal.status === undefined) throw refusal;
    if (refusal.status === 401) signOut("The token is not valid, or no longer.");
    else failed(about, `${about[0].toUpperCase()}${about.slice(1)}: ${refusal.message}`);
  }
}

// ---- views

function show(isFirst = false) {
  if (!app) return;
  const { name, id, query, nav } = route();
  view?.unmount();
  byId("view").replaceChildren();
  view = new VIEWS[name](app, id, query);
  view.mount(byId("view"));
  document.title = `${view.title} · Muster`;
  for (const link of byId("nav").querySelectorAll("a")) {
    if (link.getAttribute("href") === nav) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!isFirst && !FORMS.has(name)) byId("view").querySelector("h1")?.focus();
  scrollTo(0, 0);
}

// ---- workspaces

function watch(workspace) {
  app?.live.stop();
  session.workspace = workspace;
  byId("workspace").value = workspace;
  const store = new Store();
  const live = new Live({ api, workspace, store, connection, onRefused: refused, onFrame: hear });
  app = { api, workspace, store, live, failing, enter: watch, me, role: learnRole(api, workspace, me) };
  store.addEventListener("change", ({ detail }) => {
    if (store !== app?.store) return;
    view?.changed(detail);
  });
  live.start();
  show(true);
}

function hear({ type, payload }) {
  if (type === "error") failed("output", `The output cannot be followed: ${payload.detail}`);
  if (type === "workspace:updated" || type === "workspace:deleted") loadWorkspaces();
  if (type === "daemon:conflict") failed(`conflict ${payload.runtime_id}`, conflict(payload));
}

/** The token is over, or the membership: the list of workspaces says which. */
async function refused({ why }) {
  failed("socket", `This workspace cannot be watched: ${why}.`);
  const before = app.workspace;
  await loadWorkspaces();
  if (app?.workspace === before) retry = setTimeout(() => app?.live.start(), TRY_AGAIN);
}

async function loadWorkspaces() {
  let list;
  try {
    list = await api.get("/api/workspaces");
  } catch (refusal) {
    if (refusal.status === undefined) throw refusal;
    if (refusal.status === 401) {
      signOut("The token is not valid, or no longer.");
      return refusal.message;
    }
    failed("workspaces", `The workspaces could not be fetched: ${refusal.message}`);
    clearTimeout(retry);
    if (session.token) retry = setTimeout(loadWorkspaces, TRY_AGAIN);
    return refusal.message;
  }
  clearToast("workspaces");
  me = await learnScope(api);
  byId("leave").hidden = false;
  for (const id of ["chooser", "nav"]) byId(id).hidden = list.length === 0;
  byId("workspace").replaceChildren(...list.map((each) => h("option", { value: each.id, text: each.name })));
  const wanted = [app?.workspace, session.workspace, list[0]?.id].find((id) => list.some((each) => each.id === id));
  if (!wanted) noWorkspace();
  else if (wanted !== app?.workspace) watch(wanted);
  else byId("workspace").value = wanted;
  return null;
}

function noWorkspace() {
  close();
  connection.idle("No workspace");
  const made = (workspace) => {
    session.workspace = workspace.id;
    loadWorkspaces();
  };
  byId("view").replaceChildren(newWorkspace(api, { made, again: loadWorkspaces }));
  byId("field-name").focus();
  document.title = "Create a workspace · Muster";
}

// ---- signing in and out

async function signIn(token, onDevice) {
  api = new Api(token);
  try {
    if (await isInvitation(token)) return comeIn(token);
  } catch (refusal) {
    return refusal.status === 401 ? "The token is not valid, or no longer." : refusal.message;
  }
  clearToasts();
  session.keep(token, onDevice);
  return loadWorkspaces();
}

/** Somebody comes with an invitation: says what is wrong with it, or nothing. */
async function comeIn(token) {
  try {
    const door = await welcome(token, (own) => signIn(own, false));
    byId("view").replaceChildren(door);
    document.title = "Invitation · Muster";
    door.querySelector("h1").focus();
    return null;
  } catch (refusal) {
    return refusal.status === 401 ? OVER : refusal.message;
  }
}

function close() {
  clearTimeout(retry);
  app?.live.stop();
  view?.unmount();
  app = null;
  view = null;
}

function signOut(why) {
  close();
  api = null;
  session.forget();
  clearToasts();
  for (const id of ["chooser", "nav", "leave"]) byId(id).hidden = true;
  connection.idle("Signed out");
  byId("view").replaceChildren(door(signIn));
  document.title = "Sign in · Muster";
  byId("token").focus();
  if (why) failed("token", why);
}

byId("workspace").addEventListener("change", (event) => watch(event.target.value));
byId("leave").addEventListener("click", () => {
  end(session.token);
  session.leave();
  signOut();
});
session.listen(() => signOut());
byId("keys").addEventListener("click", showKeys);
byId("reconnect").addEventListener("click", () => app?.live.start());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("view").focus();
});
addEventListener("hashchange", () => (isInvited() ? location.reload() : show()));
addEventListener("online", () => app?.live.start());
addEventListener("error", (event) => failed("page", `The page itself failed: ${event.message}`));
addEventListener("unhandledrejection", (event) => failed("page", `The page itself failed: ${event.reason?.message ?? event.reason}`));
setInterval(tickTimes, 1_000);
listenForKeys(() => view);

const came = await returned();
if (came.token) session.keep(came.token, false);
const invitation = invited();
const wrong = invitation ? await comeIn(invitation) : null;
if (!invitation || wrong) {
  const known = session.token ?? (await session.ofAnotherTab());
  if (known) {
    api = new Api(known);
    loadWorkspaces();
    if (wrong) failed("invitation", wrong);
  } else {
    signOut(wrong ?? came.why);
  }
}
