// What terminals make of escape sequences: colours and weights are kept, everything else is dropped.

import { h } from "./dom.js";

/* eslint-disable no-control-regex */
const ESCAPE = /\x1b(?:\[([0-9;:?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_](?:[^\x1b]|\x1b\x1b)*\x1b\\|[@-Z\\-_])/g;
const TOKEN = new RegExp(`${ESCAPE.source}|[\\ud800-\\udbff][\\udc00-\\udfff]|[^]`, "g");
const ERASES = /\x1b\[[0-2]?K/;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;
/* eslint-enable no-control-regex */
const LINK = /https?:\/\/[^\s<>"'`]+/g;
const LINK_END = /[.,;:!?)\]}]+$/;

const unmarked = (text) => text.replace(ESCAPE, "").replace(CONTROL, "");

/** A text without any escape sequence. */
export const plain = (raw) => raw.split("\n").map((each) => unmarked(visible(each).text)).join("\n");

/** What is left of a line on which the cursor went back to its beginning, which is what was written last, and where that begins. */
function visible(raw) {
  for (let end = raw.length; end > 0; ) {
    const start = raw.lastIndexOf("\r", end - 1) + 1;
    const text = backspaced(raw.slice(start, end));
    if (start === 0 || ERASES.test(text) || unmarked(text) !== "") return { start, text };
    end = start - 1;
  }
  return { start: 0, text: "" };
}

/** A text in which the cursor went back by letters: what follows takes their place. */
function backspaced(text) {
  if (!text.includes("\b")) return text;
  const tokens = [];
  const letters = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "\b") tokens[letters.pop() ?? tokens.length] = "";
    else if (token.startsWith("\x1b")) tokens.push(token);
    else letters.push(tokens.push(token) - 1);
  }
  return tokens.join("");
}

const PLAIN = Object.freeze({});
const FLAGS = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
const OFF = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["strike"] };

/** A colour of 256: the first sixteen are those of the theme. */
function indexed(index) {
  if (index < 16) return index;
  if (index >= 232) return `rgb(${Array(3).fill(8 + (index - 232) * 10).join(" ")})`;
  const level = (step) => (step === 0 ? 0 : 55 + step * 40);
  const at = index - 16;
  return `rgb(${[Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(level).join(" ")})`;
}

/** The colour that follows 38 or 48, and how many numbers it took. */
function extended(codes) {
  if (codes[0] === 5) return [indexed(codes[1] & 255), 2];
  if (codes[0] === 2) return [`rgb(${codes.slice(1, 4).map((each) => each & 255).join(" ")})`, 4];
  return [undefined, codes.length];
}

function styled(before, parameters) {
  const codes = parameters === "" ? [0] : parameters.split(/[;:]/).map(Number);
  let style = before;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) style = PLAIN;
    else if (FLAGS[code]) style = { ...style, [FLAGS[code]]: true };
    else if (OFF[code]) style = { ...style, ...Object.fromEntries(OFF[code].map((name) => [name, false])) };
    else if (code === 38 || code === 48) {
      const [colour, taken] = extended(codes.slice(i + 1));
      style = { ...style, [code === 38 ? "ink" : "ground"]: colour };
      i += taken;
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) style = { ...style, ink: code < 90 ? code - 30 : code - 82 };
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) style = { ...style, ground: code < 100 ? code - 40 : code - 92 };
    else if (code === 39) style = { ...style, ink: undefined };
    else if (code === 49) style = { ...style, ground: undefined };
  }
  return style;
}

/** The style that a line leaves to the next one. */
export function styleAfter(raw, before = PLAIN) {
  if (!raw.includes("\x1b[")) return before;
  let style = before;
  for (const [, parameters, end] of raw.matchAll(ESCAPE)) if (end === "m") style = styled(style, parameters);
  return style;
}

/** Links can be followed; what else looks like markup is text. */
function linked(text) {
  const nodes = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const url = found.replace(LINK_END, "");
    nodes.push(text.slice(at, index), h("a", { href: url, rel: "noreferrer noopener", target: "_blank", text: url }));
    at = index + url.length;
  }
  nodes.push(text.slice(at));
  return nodes;
}

function piece(text, style) {
  const clean = text.replace(CONTROL, "");
  if (clean === "") return [];
  if (style === PLAIN) return linked(clean);
  const names = ["bold", "dim", "italic", "underline", "inverse", "strike"].filter((name) => style[name]);
  if (Number.isInteger(style.ink)) names.push(`ink-${style.ink}`);
  if (Number.isInteger(style.ground)) names.push(`ground-${style.ground}`);
  const element = h("span", { class: names.join(" ") || null }, linked(clean));
  // Drawn towards the colour of the text, so that it can be read on either ground.
  if (typeof style.ink === "string") element.style.color = `color-mix(in srgb, ${style.ink} 40%, var(--ink))`;
  if (typeof style.ground === "string") element.style.backgroundColor = `color-mix(in srgb, ${style.ground} 25%, var(--paper))`;
  return [element];
}

/** A line as a terminal shows it, as nodes. */
export function drawn(raw, before = PLAIN) {
  const { start, text: shown } = visible(raw);
  let style = styleAfter(raw.slice(0, start), before);
  const nodes = [];
  let at = 0;
  for (const { 0: found, 1: parameters, 2: end, index } of shown.matchAll(ESCAPE)) {
    nodes.push(...piece(shown.slice(at, index), style));
    if (end === "m") style = styled(style, parameters);
    at = index + found.length;
  }
  nodes.push(...piece(shown.slice(at), style));
  return nodes;
}
