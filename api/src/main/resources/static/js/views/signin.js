// The door: a token, and how long it is kept.

import { h } from "../dom.js";
import { leave, provider } from "../oidc.js";

/** The button of the company's provider, once the server has said that there is one. */
export function withProvider(then) {
  const place = h("div", { class: "provider", hidden: true });
  provider().then((name) => {
    if (name === null) return;
    place.append(h("button", { type: "button", class: "main", text: `Sign in with ${name}`, on: { click: () => leave(then) } }));
    place.hidden = false;
  });
  return place;
}

/** @param signIn takes the token and whether to keep it on the device; says what is wrong, or nothing */
export function door(signIn) {
  const token = h("input", {
    id: "token",
    type: "password",
    autocomplete: "current-password",
    spellcheck: false,
    required: true,
    placeholder: "mul_…",
    "aria-describedby": "token-error",
  });
  const keep = h("input", { type: "checkbox", id: "keep" });
  const error = h("p", { id: "token-error", class: "field-error", role: "alert" });
  const button = h("button", { type: "submit", class: "main", text: "Sign in" });
  const form = h(
    "form",
    { class: "door" },
    h("h1", { text: "Watch your agents work" }),
    withProvider(),
    h("p", { class: "note", text: "Sign in with an access token. The first owner's is in the server's data directory, in the file token." }),
    h("label", { htmlFor: "token", text: "Access token" }),
    // A password manager wants to know whose password it keeps.
    h("input", { type: "text", autocomplete: "username", value: "muster", hidden: true }),
    token,
    error,
    h("label", { class: "check" }, keep, "Keep me signed in on this device"),
    button,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = token.value.trim();
    // A header holds nothing else, and fetch would say so in words for programmers.
    const wrong = /[^\x21-\x7e]/.test(given) ? "A token has only letters, digits and signs." : null;
    button.disabled = true;
    error.textContent = wrong ?? (await signIn(given, keep.checked)) ?? "";
    button.disabled = false;
    token.toggleAttribute("aria-invalid", error.textContent !== "");
    if (error.textContent) token.select();
  });
  return form;
}
