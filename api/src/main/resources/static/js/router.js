// Which view the address names: #/, #/fleet, #/failures, #/new, #/tasks/<id>.

const ROUTES = [
  [/^#\/tasks\/([0-9a-f-]{32,36})$/i, "task"],
  [/^#\/fleet$/, "fleet"],
  [/^#\/failures$/, "failures"],
  [/^#\/new$/, "new"],
];

/** The view's name, and the id behind it where there is one. */
export function route(hash = location.hash) {
  for (const [pattern, name] of ROUTES) {
    const found = pattern.exec(hash);
    if (found) return { name, id: found[1] ?? null };
  }
  return { name: "board", id: null };
}

export const taskHref = (id) => `#/tasks/${id}`;

export function go(hash) {
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}
