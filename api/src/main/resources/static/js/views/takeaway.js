// Buttons that give all lines of an output away: to the clipboard, to a tab of its own, to a file.

import { h } from "../dom.js";
import { action } from "../parts.js";
import { done } from "../toast.js";
import { rawOf, textOf } from "./message.js";

const KEPT_MILLIS = 60_000;

function address(lines) {
  const url = URL.createObjectURL(new Blob([lines.rows.map(rawOf).join("\n") + "\n"], { type: "text/plain;charset=utf-8" }));
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MILLIS);
  return url;
}

async function copy(lines) {
  // Without a secure context there is no clipboard: the person copies what is selected.
  if (!navigator.clipboard) return getSelection().selectAllChildren(lines.element);
  await navigator.clipboard.writeText(lines.rows.map(textOf).join("\n"));
  done("The output is copied.");
}

export const takeaway = (lines, name) => [
  action("Copy", { kind: "quiet", act: () => copy(lines), title: "Copy all of it" }),
  action("Raw", { kind: "quiet", act: () => open(address(lines), "_blank", "noopener"), title: "All of it as it was written, in a tab of its own" }),
  action("Download", { kind: "quiet", act: () => h("a", { href: address(lines), download: name }).click(), title: "All of it as it was written, as a file" }),
];
