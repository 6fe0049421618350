// One message of a task. Agents' output is hostile: it is shown as text, whatever it looks like.

import { h } from "../dom.js";
import { fullTime, moment, plural } from "../format.js";

const LETTERS_MAX = 20_000;
const PREVIEW_MAX = 140;
const SHORT_LINES = 10;

/** Colours and cursor movements of terminals, which a page has no use for. */
// eslint-disable-next-line no-control-regex
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

const clean = (raw) => raw.replace(ESCAPES, "");
const firstLine = (text) => text.trim().split("\n", 1)[0].slice(0, PREVIEW_MAX);

/** A message as the api gives it. */
export function message({ seq, type, tool, content, input, output, created_at: time }) {
  const body = [];
  const label = type === "text" ? "" : tool || type.replaceAll("_", " ");
  if (input) body.push(folded(label, Object.values(input).map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(" "), JSON.stringify(input, null, 2)));
  else if (label && type !== "tool_result") body.push(h("span", { class: "label", text: label }));
  if (content) body.push(text(content));
  if (output) body.push(isShort(output) ? text(output) : folded("", output, output));
  return h(
    "div",
    { class: "said", data: { type } },
    h("time", { dateTime: time, title: `${seq}, ${time ? fullTime(time) : ""}`, text: time ? moment(time) : "" }),
    h("div", null, body),
  );
}

const isShort = (raw) => raw.length < LETTERS_MAX && raw.split("\n", SHORT_LINES + 1).length <= SHORT_LINES;

/** What is long shows its first line, and the rest to who wants it. */
function folded(label, preview, raw) {
  return h(
    "details",
    null,
    h("summary", null, label && h("span", { class: "label", text: label }), " ", h("code", { text: firstLine(clean(preview)) })),
    text(raw),
  );
}

function text(raw) {
  const whole = clean(raw);
  const pre = h("pre", { text: whole.slice(0, LETTERS_MAX) });
  if (whole.length <= LETTERS_MAX) return pre;
  const more = h("button", { type: "button", class: "quiet", text: `Show all ${plural(whole.length, "letter")}` });
  more.addEventListener("click", () => {
    pre.textContent = whole;
    more.remove();
  });
  return h("div", null, pre, more);
}
