// Draws what was used by day as SVG, the newest day at the right.

import { svg } from "../dom.js";
import { day, number, serverNow } from "../format.js";
import { axis, ceiling, frame, HEIGHT, top, WIDTH, whole } from "./plot.js";

const DAY = 86_400_000;

/** Each of the last days, by its date: those of which nothing is known too. */
function byDay(entries, days) {
  const used = new Map();
  for (const { date, input_tokens: read, output_tokens: written } of entries) {
    const before = used.get(date) ?? { read: 0, written: 0 };
    used.set(date, { read: before.read + read, written: before.written + written });
  }
  return Array.from({ length: days }, (_, i) => {
    const date = new Date(serverNow() - (days - 1 - i) * DAY).toISOString().slice(0, 10);
    return { date, ...(used.get(date) ?? { read: 0, written: 0 }) };
  });
}

/** What was read and, on top, what was written. */
export function dayBars(entries, days) {
  const each = byDay(entries, days);
  const max = ceiling(Math.max(...each.map(({ read, written }) => read + written)));
  const step = WIDTH / days;
  const marks = each.flatMap(({ date, read, written }, i) => {
    const x = i * step + step * 0.12;
    const width = step * 0.76;
    const low = top(read, max);
    const high = top(read + written, max);
    const text = `${day(date)}  ${number(read)} read, ${number(written)} written`;
    return [
      read > 0 && svg("rect", { class: "good", x, y: low, width, height: HEIGHT - low }),
      written > 0 && svg("rect", { class: "written", x, y: high, width, height: low - high }),
      svg("rect", { class: "hover", x: i * step, y: 0, width: step, height: HEIGHT }, svg("title", { text })),
    ].filter(Boolean);
  });
  const summary = `Tokens by day; ${number(max)} at most.`;
  return whole(frame(summary, marks), axis([day(each[0].date), max > 0 ? `up to ${number(max)} a day` : "", "today"]));
}
