// Numbers, durations and times for people. The page speaks English, so units do too; dates are in the reader's English, if any.

const LANGUAGE = navigator.languages?.find((language) => language.startsWith("en")) ?? "en-GB";
const whole = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(LANGUAGE, { notation: "compact", maximumSignificantDigits: 3 });
const clockOfDay = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const minuteOfDay = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndTime = new Intl.DateTimeFormat(LANGUAGE, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayOfYear = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const exact = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "long" });
const plurals = new Intl.PluralRules("en");
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const units = new Map(
  UNITS.map(([unit]) => [unit, new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: 0 })]),
);
const fine = new Intl.NumberFormat(LANGUAGE, { style: "unit", unit: "second", unitDisplay: "narrow", maximumSignificantDigits: 2 });

const millis = new Intl.NumberFormat(LANGUAGE, { style: "unit", unit: "millisecond", unitDisplay: "narrow", maximumFractionDigits: 0 });

let skewMillis = 0;

/** Learns the server's time from an answer's Date header: ages are told by its clock. */
export function learnTime(header) {
  const date = Date.parse(header ?? "");
  // The header knows whole seconds: smaller differences are none.
  if (!Number.isNaN(date) && Math.abs(date - Date.now() - skewMillis) > 1_500) skewMillis = date - Date.now();
}

export const serverNow = () => Date.now() + skewMillis;
export const serverNowText = () => new Date(serverNow()).toISOString();

/** 12,345; from a million on 1.23M. */
export const number = (value) => (value >= 1e6 ? short : whole).format(value);

export const plural = (count, one, many = one + "s") => `${number(count)} ${plurals.select(count) === "one" ? one : many}`;

/** 4ms, 0.4s, 12s, 3m 12s, 2h 5m, 4d 1h. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "";
  if (seconds > 0 && seconds < 0.1) return millis.format(seconds * 1_000);
  if (seconds < 10) return fine.format(Math.max(0, Math.round(seconds * 100) / 100));
  const total = Math.round(seconds);
  const at = UNITS.findIndex(([, size]) => total >= size);
  const [unit, size] = UNITS[at];
  const first = units.get(unit).format(Math.floor(total / size));
  const next = UNITS[at + 1];
  const rest = next ? Math.floor((total % size) / next[1]) : 0;
  return rest > 0 ? `${first} ${units.get(next[0]).format(rest)}` : first;
}

export const secondsBetween = (from, to) => (Date.parse(to) - Date.parse(from)) / 1_000;

/** How long ago, in its largest unit: what a card has room for. */
export function age(time) {
  const seconds = Math.max(0, Math.round((serverNow() - Date.parse(time)) / 1_000));
  const [unit, size] = UNITS.find(([, each]) => seconds >= each) ?? UNITS.at(-1);
  return Number.isNaN(seconds) ? "" : units.get(unit).format(Math.floor(seconds / size));
}

/** The time of day; with the date, if that is another day. */
export function moment(time) {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? clockOfDay.format(date) : dayAndTime.format(date);
}

export const minute = (time) => minuteOfDay.format(new Date(time));
export const minuteOfDate = (time) => dayAndTime.format(new Date(time));
export const day = (time) => dayOfYear.format(new Date(time));
export const fullTime = (time) => exact.format(new Date(time));

// What the api's words alone would leave to guess.
const WORDS = {
  budget_reached: "Tokens of the day used up",
  released: "Given back",
  report_lost: "End was not reported",
};

/** A word of the api as a person writes it: runtime_lost is Runtime lost. */
export function words(wire) {
  if (WORDS[wire]) return WORDS[wire];
  const text = (wire ?? "").replace(/^agent_error\./, "").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Two daemons use one identity; they are named where they name themselves. */
export function conflict({ daemon_id: daemon, provider, process_id: current, superseded_process_id: old }) {
  const which = old && current ? `${old} was replaced by ${current} and is still alive` : "both are alive";
  return `Two daemons call themselves ${daemon} (${provider}): ${which}. End one, or give it a daemon_id of its own.`;
}
