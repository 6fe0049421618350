// Draws the charts as SVG: one column a minute, the newest at the right.

import { h, svg } from "../dom.js";
import { duration, minute, number } from "../format.js";

export const WIDTH = 360;
export const HEIGHT = 64;
const TOP = 4;

export const top = (value, max) => (max <= 0 ? HEIGHT : HEIGHT - (value / max) * (HEIGHT - TOP));

/** A round number that holds the value, and not much more. */
export function ceiling(value) {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((each) => each * power).find((each) => each >= value * 0.999);
}

export function frame(summary, marks) {
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary, preserveAspectRatio: "none" },
    svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: TOP, y2: TOP }),
    svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
    marks,
  );
}

/** A title that the pointer shows, over the whole height of its minute. */
function hover(minutes, text) {
  const step = WIDTH / minutes.length;
  return minutes.map((each, i) =>
    svg("rect", { class: "hover", x: i * step, y: 0, width: step, height: HEIGHT }, svg("title", { text: `${minute(each.minute)}  ${text(each)}` })),
  );
}

/** Under the plot: from when, how high, until when. */
export function axis(texts) {
  return h("div", { class: "axis", "aria-hidden": "true" }, texts.map((text) => h("span", { text })));
}

export function whole(drawing, texts) {
  const box = document.createDocumentFragment();
  box.append(drawing, texts);
  return box;
}

/** Tasks that ended, by minute: the failed ones on top. */
export function bars(minutes) {
  const max = ceiling(Math.max(...minutes.map((each) => each.completed + each.failed)));
  const step = WIDTH / minutes.length;
  const marks = minutes.flatMap((each, i) => {
    const good = top(each.completed, max);
    const bad = top(each.completed + each.failed, max);
    const x = i * step + step * 0.12;
    const width = step * 0.76;
    return [
      each.completed > 0 && svg("rect", { class: "good", x, y: good, width, height: HEIGHT - good }),
      each.failed > 0 && svg("rect", { class: "bad", x, y: bad, width, height: good - bad }),
    ].filter(Boolean);
  });
  const said = (each) => `${number(each.completed)} completed, ${number(each.failed)} failed`;
  const summary = `Tasks that ended, by minute; ${number(max)} at most.`;
  return whole(frame(summary, [...marks, ...hover(minutes, said)]), axis([minute(minutes[0].minute), max > 0 ? `up to ${number(max)} a minute` : "", "now"]));
}

/** Half of the tasks took at most the one line, 95 of 100 at most the other; gaps where there were none. */
export function lines(minutes, name) {
  const p50 = `${name}_p50`;
  const p95 = `${name}_p95`;
  const max = ceiling(Math.max(0, ...minutes.map((each) => each[p95] ?? 0)));
  const step = WIDTH / minutes.length;
  const points = (of) =>
    minutes.map((each, i) => (each[of] === null ? null : [(i + 0.5) * step, top(each[of], max)])).filter((point) => point !== null);
  const drawn = (of, kind) => {
    const at = points(of);
    if (at.length === 0) return [];
    // A single point is a line of no length, which its round ends make a dot.
    const path = [...at, at.at(-1)].map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    return [svg("path", { class: kind, d: path })];
  };
  const said = (each) => (each[p50] === null ? "none" : `p50 ${duration(each[p50])}, p95 ${duration(each[p95])}`);
  const summary = max > 0 ? `By minute, median and 95th percentile; ${duration(max)} at most.` : "Nothing in the last hour.";
  const marks = [...drawn(p95, "p95"), ...drawn(p50, "p50"), ...hover(minutes, said)];
  return whole(frame(summary, marks), axis([minute(minutes[0].minute), max > 0 ? `p50, p95: up to ${duration(max)}` : "", "now"]));
}
