// Who is signed in, as far as the page shows or hides by it. The server decides what may be done.

/** What the token may do at most: one that only watches is shown nothing to press. */
export async function learnScope(api) {
  const me = await api.get("/api/me").catch(() => ({}));
  document.body.dataset.scope = me.scope ?? "all";
  return me.id ?? null;
}

/**
 * The role in the workspace: members are shown nothing that only owners and admins may do.
 *
 * @returns the names of the members, by the ids of their users
 */
export async function learnRole(api, workspace, user) {
  delete document.body.dataset.role;
  const members = await api.get(`/api/workspaces/${workspace}/members`).catch(() => []);
  const role = members.find((member) => member.user_id === user)?.role;
  if (role) document.body.dataset.role = role;
  return new Map(members.map((member) => [member.user_id, member.name]));
}

export const watches = () => document.body.dataset.scope === "watch";

/** Whether the person may make agents, tokens and the like; where that is not known, the server is asked. */
export const administers = () => document.body.dataset.scope === "all" && document.body.dataset.role !== "member";
