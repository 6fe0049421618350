// The lines that a message of a task makes. Agents' output is hostile: it is shown as text, whatever it looks like.

import { drawn, plain, styleAfter } from "../ansi.js";
import { h } from "../dom.js";
import { fullTime, moment, plural } from "../format.js";

const LETTERS_MAX = 20_000;
const PREVIEW_MAX = 140;
const SHORT_LINES = 10;

/** What a program prints: no label says what it is. */
const PRINTED = new Set(["text", "stderr"]);

const firstLine = (text) => plain(text.trim().split("\n", 1)[0]).slice(0, PREVIEW_MAX);
const isShort = (raw) => raw.length < LETTERS_MAX && raw.split("\n", SHORT_LINES + 1).length <= SHORT_LINES;
const linesOf = (raw) => raw.replace(/\n$/, "").split("\n");

/** The message's lines: a text, or what is folded under its first line. */
export function rows(message) {
  // The beginning of a line, as muster's runtime sends it; a tool's input may say the same of something else.
  if (!PRINTED.has(message.type) || message.input?.unfinished !== true) return rowsOf(message);
  return rowsOf({ ...message, input: null }).map((row) => ({ ...row, isUnfinished: true }));
}

function rowsOf({ seq, type, tool, content, input, output, created_at: time }) {
  const row = (properties) => ({ seq, type, time, ...properties });
  const made = [];
  const label = PRINTED.has(type) ? "" : tool || type.replaceAll("_", " ");
  if (input) {
    const values = Object.values(input).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
    made.push(row({ label, preview: firstLine(values.join(" ")), folded: JSON.stringify(input, null, 2) }));
  } else if (label && type !== "tool_result") made.push(row({ label, text: "" }));
  if (content) made.push(...linesOf(content).map((text) => row({ text })));
  if (output && isShort(output)) made.push(...linesOf(output).map((text) => row({ text })));
  else if (output) made.push(row({ label: "", preview: firstLine(output), folded: output }));
  // A message that says nothing is a line too: one that was printed empty.
  return made.length > 0 ? made : [row({ text: "" })];
}

/** Whether the row goes on with the one before, which ended without a newline. */
export const goesOn = (row, before) => before?.isUnfinished === true && before.type === row.type && row.text !== undefined;

/** Both as one line. */
export const joined = (before, { text, isUnfinished }) => ({ ...before, text: before.text + text, isUnfinished });

/** What is searched, copied and saved of a row. */
export const textOf = (row) => (row.folded === undefined ? [row.label, plain(row.text)].filter(Boolean).join(" ") : [row.label, plain(row.folded)].filter(Boolean).join("\n"));

/** As it was written. */
export const rawOf = (row) => row.folded ?? row.text;

/**
 * A row as an element.
 *
 * @param link leads to this line
 */
export function line(row, number, link) {
  return h(
    "div",
    { class: "line", data: { type: row.type, number: String(number) } },
    h("a", { class: "no", href: link, tabIndex: -1, title: row.time ? fullTime(row.time) : null, "aria-label": `Line ${number}`, text: String(number) }),
    row.time ? h("time", { dateTime: row.time, text: moment(row.time) }) : null,
    row.folded === undefined ? whole(row) : folded(row),
  );
}

/** What is long shows its first line, and the rest to who wants it. */
function folded(row) {
  return h(
    "details",
    { open: row.isOpen === true, on: { toggle: ({ target }) => (row.isOpen = target.open) } },
    h("summary", null, row.label && h("span", { class: "label", text: row.label }), " ", h("code", { text: row.preview })),
    cut(row.folded, (text) => [plain(text)]),
  );
}

function whole(row) {
  return h("div", { class: "text" }, row.label && h("span", { class: "label", text: row.label }), cut(row.text, (text) => drawn(text, row.style)));
}

function cut(raw, nodes) {
  const pre = h("pre", null, nodes(raw.slice(0, LETTERS_MAX)));
  if (raw.length <= LETTERS_MAX) return pre;
  const more = h("button", { type: "button", class: "quiet", text: `Show all ${plural(raw.length, "letter")}` });
  more.addEventListener("click", () => {
    pre.replaceChildren(...nodes(raw));
    more.remove();
  });
  return h("div", null, pre, more);
}

/** Gives rows the colours that those before them have left on, each kind of output its own. */
export class Colours {
  #styles = new Map();

  paint(row) {
    if (row.text === undefined) return;
    row.style = this.#styles.get(row.type);
    const after = styleAfter(row.text, row.style);
    if (after !== row.style) this.#styles.set(row.type, after);
  }
}
