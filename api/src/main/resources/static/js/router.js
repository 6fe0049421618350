// Which view the address names: #/, #/tasks?status=failed, #/tasks/<id>, #/fleet, #/connect, …

const ROUTES = [
  [/^#\/tasks\/([0-9a-f-]{32,36})$/i, "task", "#/tasks"],
  [/^#\/tasks$/, "tasks", "#/tasks"],
  [/^#\/fleet$/, "fleet", "#/fleet"],
  [/^#\/runtimes\/([0-9a-f-]{32,36})$/i, "runtime", "#/fleet"],
  [/^#\/connect$/, "connect", "#/fleet"],
  [/^#\/agents\/new$/, "agent", "#/fleet"],
  [/^#\/agents\/([0-9a-f-]{32,36})$/i, "agent", "#/fleet"],
  [/^#\/failures$/, "failures", "#/failures"],
  [/^#\/schedules$/, "schedules", "#/schedules"],
  [/^#\/webhooks$/, "webhooks", "#/settings"],
  [/^#\/settings$/, "settings", "#/settings"],
  [/^#\/new$/, "new", "#/new"],
];

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The view's name, the id and the query behind it where there are any, and the link that leads near it. A shortened task is looked for. */
export function route(hash = location.hash) {
  const [path, search = ""] = hash.split("?", 2);
  const query = new URLSearchParams(search);
  for (const [pattern, name, nav] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return { name, id: found[1] ?? null, query, nav };
  }
  const [, task] = /^#\/tasks\/([^/]+)$/.exec(path) ?? [];
  if (task) return { name: "tasks", id: null, query: new URLSearchParams({ q: decoded(task) }), nav: "#/tasks" };
  return { name: ["", "#", "#/"].includes(path) ? "board" : "missing", id: null, query, nav: "#/" };
}

export const runtimeHref = (id) => `#/runtimes/${id}`;

export const taskHref = (id) => `#/tasks/${id}`;

export function go(hash) {
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

/** Keeps in the address what a view shows, so that it can be sent to somebody and come back to. */
export function keepQuery(path, query) {
  const text = query.toString();
  history.replaceState(null, "", text ? `${path}?${text}` : path);
}
