// Short messages above the page. Errors stay until they are dismissed or over; successes go by themselves.

import { byId, h } from "./dom.js";

const GOES_AFTER = 5_000;
const TOASTS_MAX = 5;
const shown = new Map();

function show(about, text, kind) {
  clearToast(about);
  const close = h("button", { type: "button", class: "quiet", text: "Dismiss", on: { click: () => clearToast(about) } });
  const toast = h("div", { class: `toast ${kind}`, role: kind === "bad" ? "alert" : "status" }, h("p", { text }), close);
  shown.set(about, toast);
  byId("toasts").append(toast);
  if (shown.size > TOASTS_MAX) clearToast(shown.keys().next().value);
  return toast;
}

/**
 * Says that something went wrong.
 *
 * @param about what: a later message about the same thing takes its place
 */
export function failed(about, text) {
  show(about, text, "bad");
}

/** Says that something was done. */
export function done(text) {
  const toast = show(text, text, "good");
  setTimeout(() => shown.get(text) === toast && clearToast(text), GOES_AFTER);
}

export function clearToast(about) {
  shown.get(about)?.remove();
  shown.delete(about);
}

export function clearToasts() {
  for (const about of [...shown.keys()]) clearToast(about);
}
