// Buttons that let an agent or a runtime be given work, or not, and that rename or remove a runtime.

import { h } from "../dom.js";
import { done } from "../toast.js";
import { ask, askText } from "./confirm.js";

const SAYS = {
  pause: "begins nothing new; what waits for it waits.",
  drain: "finishes what it has, and is given nothing new.",
  resume: "is given work again.",
};

const button = (verb, name, act) => {
  const made = h("button", { type: "button", class: "quiet acts", text: verb[0].toUpperCase() + verb.slice(1), "aria-label": `${verb} ${name}` });
  made.addEventListener("click", act);
  return made;
};

/** Shows at once what the api has answered; the feed tells it again. */
function keep(app, kind, now) {
  app.store[kind].set(now.id, { ...app.store[kind].get(now.id), ...now });
  app.store.changed();
}

/** @param kind `agents` or `runtimes`: where the store has it, and the api */
export function intakeButtons(app, kind, item) {
  const verbs = item.intake === "open" ? ["pause", "drain"] : ["resume"];
  return verbs.map((verb) =>
    button(verb, item.name, () =>
      app.failing(`${verb} ${item.name}`, async () => {
        const now = await app.api.post(`/api/${kind}/${item.id}/${verb}`);
        keep(app, kind, now);
        done(`${item.name} ${SAYS[verb]}`);
      }),
    ),
  );
}

export function renameButton(app, runtime) {
  return button("rename", runtime.name, async () => {
    const name = await askText(`Rename ${runtime.name}`, "Name", runtime.name, "Rename");
    if (name === null || name === runtime.name) return;
    await app.failing(`rename ${runtime.name}`, async () => {
      const now = await app.api.patch(`/api/runtimes/${runtime.id}`, { name });
      keep(app, "runtimes", now);
      done(name ? `${runtime.name} is now ${now.name}.` : `${runtime.name} is given its daemon's name when that registers next.`);
    });
  });
}

export function removeButton(app, runtime) {
  const made = button("remove", runtime.name, async () => {
    const text = "Its daemon, should it come again, registers a new one. A runtime that agents or tasks name stays.";
    if (!(await ask(`Remove ${runtime.name}?`, text, "Remove it", "Keep it"))) return;
    await app.failing(`remove ${runtime.name}`, async () => {
      await app.api.delete(`/api/runtimes/${runtime.id}`);
      app.store.runtimes.delete(runtime.id);
      app.store.changed();
      done(`${runtime.name} is removed.`);
    });
  });
  made.classList.add("for-admins");
  return made;
}
