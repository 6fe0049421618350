// Markdown as elements. An agent wrote it, so nothing of it is parsed as HTML, and nothing is fetched for it.

import { h } from "./dom.js";
import { lexer } from "./lib/marked.esm.js";

const HEADING_FIRST = 3;
const HEADING_MOST = 6;
const SAFE = /^(?:https?:|mailto:)/i;
const LETTERS_MAX = 200_000;

const LOOKS_LIKE_IT = /^#{1,6} \S|^\s*[-*] \S|^\s*\d+\. \S|^```|\*\*\S|`\S[^`]*`|\[[^\]]+\]\(http|^\|.*\|\s*$/m;

/** What CommonMark reads as a letter, of those that people write; in code it stays as it is. */
const LETTERS = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", trade: "™", hellip: "…", mdash: "—", ndash: "–", middot: "·", bull: "•", times: "×", deg: "°", euro: "€", rarr: "→", larr: "←", check: "✓" };
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w+));/g;
const LAST = 0x10ffff;

function letter(written, decimal, hex, name) {
  if (name !== undefined) return Object.hasOwn(LETTERS, name) ? LETTERS[name] : written;
  const code = parseInt(decimal ?? hex, decimal ? 10 : 16);
  return code > 0 && code <= LAST ? String.fromCodePoint(code) : "\ufffd";
}

const decoded = (text) => text.replace(ENTITY, letter);

/** Whether somebody meant the text to be Markdown, as far as one can tell. */
export const isMarkdown = (text) => text.length <= LETTERS_MAX && LOOKS_LIKE_IT.test(text);

/** A text as elements, with headings that come one level after the other, as those of a page must. */
export function markdown(text) {
  const tokens = lexer(text, { gfm: true, breaks: true });
  const headings = tokens.filter((token) => token.type === "heading");
  const least = Math.min(...headings.map((token) => token.depth));
  let level = HEADING_FIRST - 1;
  for (const token of headings) {
    level = Math.min(token.depth - least + HEADING_FIRST, level + 1, HEADING_MOST);
    token.level = level;
  }
  return h("div", { class: "markdown" }, blocks(tokens));
}

const blocks = (tokens) => tokens.map(block);

function block(token) {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      // One in a list or a quotation is no heading of the page.
      return token.level ? h(`h${token.level}`, null, inlines(token.tokens)) : h("p", null, h("strong", null, inlines(token.tokens)));
    case "code":
      return h("pre", { tabIndex: 0 }, h("code", { text: token.text }));
    case "blockquote":
      return h("blockquote", null, blocks(token.tokens));
    case "hr":
      return h("hr");
    case "list":
      return h(token.ordered ? "ol" : "ul", token.ordered ? { start: token.start } : null, token.items.map(item));
    case "table":
      return table(token);
    case "paragraph":
      return h("p", null, inlines(token.tokens));
    case "text":
      return h("span", null, token.tokens ? inlines(token.tokens) : decoded(token.text));
    default:
      // HTML, and whatever is not known, is shown as it was written.
      return h("p", { text: token.raw });
  }
}

function item({ task, checked, tokens }) {
  return h("li", null, task && (checked ? "☑ " : "☐ "), blocks(tokens));
}

function table({ header, rows }) {
  const row = (cells, tag) => h("tr", null, cells.map((cell) => h(tag, null, inlines(cell.tokens))));
  return h("div", { class: "wide" }, h("table", null, h("thead", null, row(header, "th")), h("tbody", null, rows.map((cells) => row(cells, "td")))));
}

const inlines = (tokens) => tokens.map(inline);

function inline(token) {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return h(token.type, null, inlines(token.tokens));
    case "codespan":
      return h("code", { text: token.text });
    case "br":
      return h("br");
    case "escape":
      return token.text;
    case "text":
      return token.tokens ? inlines(token.tokens) : decoded(token.text);
    case "link":
      return link(token.href, inlines(token.tokens));
    case "image":
      return link(token.href, [token.text || token.href]);
    default:
      return token.raw;
  }
}

const link = (href, children) => (SAFE.test(href) ? h("a", { href, rel: "noreferrer noopener", target: "_blank" }, children) : h("span", null, children));
