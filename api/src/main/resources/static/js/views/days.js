// Draws what was used by day, the newest day at the right.

import { day, serverNow } from "../format.js";
import { bars } from "./plot.js";

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
    return { name: day(date), ...(used.get(date) ?? { read: 0, written: 0 }) };
  });
}

/** What was read and, on top, what was written. */
export function dayBars(entries, days) {
  const of = [
    { kind: "good", name: "read", count: ({ read }) => read },
    { kind: "written", name: "written", count: ({ written }) => written },
  ];
  return bars(byDay(entries, days), of, { summary: "Tokens by day", height: (max) => `up to ${max} a day`, until: "today" });
}
