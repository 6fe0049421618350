// Does the same to many tasks, after a question, and says what became of it.

import { plural } from "../format.js";
import { FINAL } from "../states.js";
import { done, failed } from "../toast.js";
import { ask } from "./confirm.js";
import { retryPath } from "./task.js";

const AT_ONCE = 4;

/** Whether the person said yes. */
async function each(app, tasks, { path, verb, past, refusedWord }) {
  const left = [...tasks];
  const refused = new Map();
  const work = async () => {
    for (let task = left.shift(); task; task = left.shift()) {
      try {
        await app.api.post(path(task));
      } catch (refusal) {
        if (refusal.status === undefined) throw refusal;
        refused.set(refusal.message, (refused.get(refusal.message) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const count = [...refused.values()].reduce((sum, each) => sum + each, 0);
  if (count < tasks.length) done(`${plural(tasks.length - count, "task")} ${past}.`);
  if (count > 0) failed(verb, `${plural(count, "task")} ${refusedWord}: ${[...refused.keys()].slice(0, 3).join("; ")}`);
}

export async function cancelAll(app, chosen) {
  const open = chosen.filter((task) => !FINAL.has(task.status));
  const over = chosen.length - open.length;
  const rest = over > 0 ? ` ${plural(over, "task")} of those chosen ${over === 1 ? "is" : "are"} over, and stay${over === 1 ? "s" : ""} as ${over === 1 ? "it is" : "they are"}.` : "";
  const text = `Those that run are ended by their runtimes; the others never begin.${rest}`;
  if (!(await ask(`Cancel ${plural(open.length, "task")}?`, text, `Cancel ${plural(open.length, "task")}`, "Keep them"))) return false;
  await each(app, open, { path: (task) => `/api/tasks/${task.id}/cancel`, verb: "cancel", past: "cancelled, or asked to end", refusedWord: "not cancelled" });
  return true;
}

export async function retryAll(app, chosen) {
  const over = chosen.filter((task) => FINAL.has(task.status));
  const open = chosen.length - over.length;
  const rest = open > 0 ? ` ${plural(open, "task")} of those chosen ${open === 1 ? "is" : "are"} not over, and left alone.` : "";
  const text = `Each is queued again as a new task, for the same agent and issue.${rest}`;
  if (!(await ask(`Retry ${plural(over.length, "task")}?`, text, `Retry ${plural(over.length, "task")}`, "Leave them"))) return false;
  await each(app, over, { path: retryPath, verb: "retry", past: "queued again", refusedWord: "not queued again" });
  return true;
}
