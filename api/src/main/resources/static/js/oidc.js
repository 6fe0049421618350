// Signing in with the company's provider: the server does all of it, and leads back to here with what came of it in the address.

import { BASE } from "./api.js";

const ENDED = "#/signed-in";
const FAILED = "#/sign-in-failed/";
const PLACE = "muster.place";
const SIGNED_IN = "muster.signed-in";

const WHY = {
  "provider-away": "The sign-in provider does not answer. Try again, or sign in with an access token.",
  "provider-refused": "The sign-in provider refused the sign-in.",
  expired: "The sign-in took too long, or was begun in another browser. Try again.",
  "no-email": "The sign-in provider names no verified e-mail address of yours.",
  "not-known": "You are not known here. Ask an owner of a workspace to add you by your e-mail address.",
};

/** What the server calls the provider; null where nobody signs in so. */
export async function provider() {
  try {
    const answer = await fetch(`${BASE}/oidc`, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? (await answer.json()).provider : null;
  } catch {
    return null;
  }
}

/**
 * Leads to the provider, and back to the same view.
 *
 * @param then the page to come back to, where it is not this one
 */
export function leave(then = "") {
  sessionStorage.setItem(PLACE, location.hash);
  location.assign(`${BASE}/oidc/sign-in${then && `?then=${encodeURIComponent(then)}`}`);
}

/** The token of a sign-in that has just ended, or null; why it failed, or null. */
export async function returned() {
  const { hash } = location;
  if (hash !== ENDED && !hash.startsWith(FAILED)) return { token: null, why: null };
  history.replaceState(null, "", location.pathname + location.search + (sessionStorage.getItem(PLACE) ?? ""));
  sessionStorage.removeItem(PLACE);
  if (hash !== ENDED) return { token: null, why: WHY[hash.slice(FAILED.length)] ?? WHY["provider-refused"] };
  const answer = await fetch(`${BASE}/oidc/token`, { method: "POST" }).catch(() => null);
  const token = answer?.ok ? (await answer.json()).token : null;
  if (token) sessionStorage.setItem(SIGNED_IN, "yes");
  return { token, why: token ? null : WHY.expired };
}

/** Ends the sign-in on the server, if the token is one of a sign-in. */
export function end(token) {
  if (!sessionStorage.getItem(SIGNED_IN)) return;
  sessionStorage.removeItem(SIGNED_IN);
  fetch(`${BASE}/oidc/token`, { method: "DELETE", headers: { Authorization: `Bearer ${token}` }, keepalive: true }).catch(() => {});
}
