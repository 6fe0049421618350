// The tokens that tasks have used: by day as a chart, and for a workspace by agent and model.

import { h } from "../dom.js";
import { number, plural } from "../format.js";
import { column } from "../parts.js";
import { dayBars } from "./days.js";

const DAYS = 30;
const ROWS_MAX = 20;

const used = (entry) => entry.input_tokens + entry.output_tokens;
const cell = (label, text) => h("td", { data: { label }, text });

function chart(id, title, entries) {
  const total = entries.reduce((sum, each) => sum + used(each), 0);
  const note = `${number(total)} in ${plural(DAYS, "day")}, read and written, without caches`;
  return [
    h("div", { class: "bar" }, h("h2", { id, text: title }), h("span", { class: "note", text: note })),
    h("div", { class: "chart" }, h("div", { class: "plot" }, dayBars(entries, DAYS))),
  ];
}

/** A section that shows itself once there is something in it. */
const section = (id) => h("section", { "aria-labelledby": id, hidden: true });

function show(element, entries, id, ...more) {
  if (!entries.some((each) => used(each) !== 0)) return;
  element.replaceChildren(...chart(id, "Tokens by day", entries), ...more);
  element.hidden = false;
}

/** What a runtime's daemon reports of it as a whole. */
export function runtimeUsage(app, id) {
  const element = section("usage-title");
  app.failing("its usage", async () => show(element, await app.api.get(`/api/runtimes/${id}/usage`, { days: DAYS }), "usage-title"));
  return element;
}

const ask = async ({ api, workspace }, query) => (await api.get(`/api/workspaces/${workspace}/usage`, { days: DAYS, ...query })).items;

/** What an agent's tasks have used. */
export function agentUsage(app, id) {
  const element = section("usage-title");
  app.failing("its usage", async () => show(element, await ask(app, { agent_id: id }), "usage-title"));
  return element;
}

/** What all tasks of the workspace have used. */
export function workspaceUsage(app) {
  const element = section("usage-title");
  app.failing("the usage", async () => {
    const [days, agents, models] = await Promise.all(["day", "agent", "model"].map((by) => ask(app, { by })));
    const agentLink = ({ agent_id: id }) => {
      const name = app.store.agents.get(id)?.name;
      return name ? h("a", { href: `#/agents/${id}`, text: name }) : id ? id.slice(0, 8) : "Others";
    };
    const modelName = ({ provider, model }) => [provider, model].filter(Boolean).join(" / ") || "not said";
    show(element, days, "usage-title", h("div", { class: "pair" }, table("Agent", agents, agentLink), table("Model", models, modelName)));
  });
  return element;
}

function table(what, entries, name) {
  const rows = entries.slice(0, ROWS_MAX).map((each) =>
    h("tr", null, h("th", { scope: "row" }, name(each)), cell("Read", number(each.input_tokens)), cell("Written", number(each.output_tokens)), cell("Caches", number(each.cache_read_tokens + each.cache_write_tokens))),
  );
  const more = entries.length - rows.length;
  return h(
    "div",
    { class: "table" },
    h("table", { "aria-label": `Tokens by ${what.toLowerCase()}` }, h("thead", null, h("tr", null, [what, "Read", "Written", "Caches"].map(column))), h("tbody", null, rows)),
    more > 0 && h("p", { class: "note", text: `and ${number(more)} more` }),
  );
}
