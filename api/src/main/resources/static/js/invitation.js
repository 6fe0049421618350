// An invitation: a link with a token that makes one of the invited person's own, which the person keeps.

import { Api } from "./api.js";
import { h } from "./dom.js";
import { command } from "./parts.js";

const PLACE = "#/invitation/";
export const OVER = "The invitation was used, or has ended.";

/** The token of the invitation that the address is of; it is out of the address then. Null if it is none's. */
export function invited() {
  const { hash } = location;
  if (!hash.startsWith(PLACE)) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return hash.slice(PLACE.length);
}

/** Whether a token is an invitation's, which does nothing else than to make another. */
export async function isInvitation(token) {
  return (await new Api(token).get("/api/me")).scope === "invitation";
}

/** What somebody is given to hand over. */
export const link = (token) => new URL(PLACE + token, new URL(".", document.baseURI)).href;

/** Whether the address is an invitation's. */
export const isInvited = () => location.hash.startsWith(PLACE);

/**
 * Asks before the invitation is taken, since it is good for one time, and then shows what it has made.
 *
 * @param goOn is told the person's own token
 */
export async function welcome(token, goOn) {
  const api = new Api(token);
  const me = await api.get("/api/me");
  const door = h("div", { class: "door" });
  const error = h("p", { class: "field-error", role: "alert" });
  const take = async () => {
    try {
      const made = await api.post("/api/tokens", { name: "Invitation" });
      door.replaceChildren(...kept(me, made, goOn));
      door.querySelector("h1").focus();
    } catch (refusal) {
      error.textContent = refusal.status === 401 ? OVER : refusal.message;
    }
  };
  door.append(
    h("h1", { tabIndex: -1, text: `An invitation for ${me.email}` }),
    h("p", { class: "note", text: "It makes an access token for this person, once." }),
    error,
    h("button", { type: "button", class: "main", text: "Accept the invitation", on: { click: take } }),
  );
  return door;
}

const kept = (me, made, goOn) => [
  h("h1", { tabIndex: -1, text: `Welcome, ${me.name}` }),
  h("p", { class: "note", text: "This is your access token, shown only now. Keep it: with it you sign in, here and at the command line." }),
  command(made.token),
  h("button", { type: "button", class: "main", text: "I have kept it", on: { click: () => goOn(made.token) } }),
];
