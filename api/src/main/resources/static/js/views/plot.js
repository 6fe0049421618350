// Draws the charts as SVG: one column for each period of time, the newest at the right.

import { h, say, svg } from "../dom.js";
import { duration, number } from "../format.js";

const WIDTH = 360;
const HEIGHT = 64;
const TOP = 4;

const top = (value, max) => (max <= 0 ? HEIGHT : HEIGHT - (value / max) * (HEIGHT - TOP));

/** A round number that holds the value, and not much more. */
function ceiling(value) {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((each) => each * power).find((each) => each >= value * 0.999);
}

/**
 * A drawing over a line of text, which says from when it is, how high, and until when, and while the pointer or a finger is on
 * the drawing what is there.
 *
 * @param texts from when, how high, until when
 * @param said what a column says, by its number
 */
function plot({ summary, marks, columns, texts, said }) {
  const line = (y) => svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: y, y2: y });
  const at = svg("rect", { class: "at", y: 0, width: WIDTH / columns, height: HEIGHT, visibility: "hidden" });
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary, preserveAspectRatio: "none" },
    [TOP, HEIGHT].map(line),
    marks,
    at,
  );
  const axis = h("div", { class: "axis", "aria-hidden": "true" }, texts.map((text) => h("span", { text })));
  const read = ({ clientX }) => {
    const { left, width } = drawing.getBoundingClientRect();
    const i = Math.min(columns - 1, Math.max(0, Math.floor(((clientX - left) / width) * columns)));
    at.setAttribute("x", (i * WIDTH) / columns);
    at.setAttribute("visibility", "visible");
    axis.classList.add("reading");
    say(axis.children[1], said(i));
  };
  const end = () => {
    at.setAttribute("visibility", "hidden");
    axis.classList.remove("reading");
    say(axis.children[1], texts[1]);
  };
  drawing.addEventListener("pointermove", read);
  drawing.addEventListener("pointerdown", read);
  // A finger that was lifted leaves what it has found to be read.
  drawing.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && end());
  const both = document.createDocumentFragment();
  both.append(drawing, axis);
  return both;
}

/**
 * Two counts for each period, the second on top of the first.
 *
 * @param periods each with its name, the time
 * @param of the two, with their class and how to read them
 * @param texts what the chart is of, and how its height is told
 */
export function bars(periods, of, { summary, height, until }) {
  const max = ceiling(Math.max(...periods.map((each) => of.reduce((sum, { count }) => sum + count(each), 0))));
  const step = WIDTH / periods.length;
  const marks = periods.flatMap((each, i) => {
    let below = 0;
    return of.map(({ kind, count }) => {
      const from = top(below, max);
      below += count(each);
      const to = top(below, max);
      return count(each) > 0 && svg("rect", { class: kind, x: i * step + step * 0.12, y: to, width: step * 0.76, height: from - to });
    });
  });
  return plot({
    summary: `${summary}; ${number(max)} at most.`,
    marks,
    columns: periods.length,
    texts: [periods[0].name, max > 0 ? height(number(max)) : "", until],
    said: (i) => `${periods[i].name}: ${of.map(({ count, name }) => `${number(count(periods[i]))} ${name}`).join(", ")}`,
  });
}

/** Half of the tasks took at most the one line, 95 of 100 at most the other; gaps where there were none. */
export function lines(periods, name) {
  const p50 = `${name}_p50`;
  const p95 = `${name}_p95`;
  const max = ceiling(Math.max(0, ...periods.map((each) => each[p95] ?? 0)));
  const step = WIDTH / periods.length;
  const drawn = (of, kind) => {
    const parts = periods.map((each, i) => {
      if (each[of] === null) return "";
      const at = `${((i + 0.5) * step).toFixed(1)} ${top(each[of], max).toFixed(1)}`;
      const isFirst = i === 0 || periods[i - 1][of] === null;
      // A single point is a line of no length, which its round ends make a dot.
      return isFirst ? `M${at}L${at}` : `L${at}`;
    });
    return svg("path", { class: kind, d: parts.join("") });
  };
  const took = (each) => (each[p50] === null ? "none" : `median ${duration(each[p50])}, 95 % in ${duration(each[p95])}`);
  return plot({
    summary: max > 0 ? `Median and 95th percentile over time; ${duration(max)} at most.` : "There were none.",
    marks: [drawn(p95, "p95"), drawn(p50, "p50")],
    columns: periods.length,
    texts: [periods[0].name, max > 0 ? `up to ${duration(max)}` : "", "now"],
    said: (i) => `${periods[i].name}: ${took(periods[i])}`,
  });
}
