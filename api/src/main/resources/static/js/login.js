// The page that a command line opens to be signed in: asks the person, and takes a token that lives for minutes to where it waits.

import { Api } from "./api.js";
import { byId, h } from "./dom.js";
import { returned } from "./oidc.js";
import { session } from "./session.js";
import { withProvider } from "./views/signin.js";

const given = new URLSearchParams(location.search);
const callback = given.get("cli_callback") ?? "";
const state = given.get("cli_state") ?? "";

/** Where the command line waits, if that is this machine; the server asks the same. */
function waiting() {
  try {
    const at = new URL(callback);
    return at.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(at.hostname) && at.port !== "" ? at.host : null;
  } catch {
    return null;
  }
}

const failed = (text) => h("div", { class: "door" }, h("h1", { text: "This is no login" }), h("p", { id: "login-error", role: "alert", text }));

async function asking(host) {
  const came = await returned();
  if (came.token) session.keep(came.token, false);
  const known = session.token ?? (await session.ofAnotherTab());
  const token = h("input", {
    id: "token",
    type: "password",
    autocomplete: "current-password",
    spellcheck: false,
    required: true,
    placeholder: "mul_…",
    "aria-describedby": "login-error",
  });
  const error = h("p", { id: "login-error", class: "field-error", role: "alert", text: came.why ?? "" });
  const button = h("button", { type: "submit", class: "main", text: "Sign in the command line" });
  const form = h(
    "form",
    { class: "door" },
    h("h1", { text: "Sign in a command line" }),
    h("p", { class: "note", text: `A program on this machine (${host}) asks to act as you. Go on only if you have just started it.` }),
    known ? null : withProvider(`login${location.search}`),
    known ? null : h("label", { htmlFor: "token", text: "Access token" }),
    known ? null : token,
    error,
    button,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = "";
    try {
      const answer = await new Api(known ?? token.value.trim()).post("/api/cli-token", { cli_callback: callback, cli_state: state });
      location.replace(answer.redirect);
    } catch (refusal) {
      if (known && refusal.status === 401) {
        session.forget();
        location.reload();
        return;
      }
      error.textContent = refusal.status === 401 ? "The token is not valid, or no longer." : refusal.message;
      button.disabled = false;
    }
  });
  return form;
}

const host = waiting();
byId("view").replaceChildren(host ? await asking(host) : failed("The command line must wait on this machine: at localhost, with a port. Start the login from there."));
