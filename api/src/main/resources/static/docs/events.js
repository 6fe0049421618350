// What Muster tells: each event with the members of its data, from the schemas that the api serves.

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

const read = new Map();

/** A document, which is asked for once. */
function json(path) {
  if (!read.has(path)) {
    read.set(
      path,
      fetch(path).then((answer) => {
        if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
        return answer.json();
      }),
    );
  }
  return read.get(path);
}

/** The schema that a reference leads to, with the address that its own references start from. */
async function resolved(schema, base) {
  if (!schema.$ref) return { schema, base };
  const address = new URL(schema.$ref, new URL(base, location.origin));
  const document = await json(address.pathname);
  const found = address.hash
    .slice(1)
    .split("/")
    .filter(Boolean)
    .reduce((at, step) => at[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")], document);
  return resolved(found, address.pathname);
}

/** The members of an object, those of what it is composed of included. */
async function members(schema, base) {
  const here = await resolved(schema, base);
  const all = new Map();
  for (const part of here.schema.allOf ?? []) {
    for (const [name, member] of await members(part, here.base)) all.set(name, member);
  }
  for (const [name, member] of Object.entries(here.schema.properties ?? {})) {
    all.set(name, { member, base: here.base, needed: (here.schema.required ?? []).includes(name) });
  }
  for (const name of here.schema.required ?? []) if (all.has(name)) all.get(name).needed = true;
  return all;
}

function kind(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map(kind).join(" | ");
  if (schema.$ref) return schema.$ref.split("/").at(-1).replace(".json", "");
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}

async function table(schema, base) {
  const rows = element("tbody");
  for (const [name, { member, base: from, needed }] of await members(schema, base)) {
    const known = await resolved(member, from);
    rows.append(
      element(
        "tr",
        "",
        element("td", "", element("code", name)),
        element("td", kind(member.$ref ? known.schema : member)),
        element("td", needed ? "always" : "may be missing"),
        element("td", member.description ?? known.schema.description ?? ""),
      ),
    );
  }
  const head = element("tr");
  for (const title of ["Member", "Type", "", ""]) head.append(element("th", title));
  return element("table", "", element("thead", "", head), rows);
}

async function event(path) {
  const schema = await json(path);
  const name = path.split("/").at(-1).replace(".json", "");
  const body = element("div");
  const title = element("summary", `${name} `, element("span", schema.description ?? schema.title ?? ""));
  const details = element("details", "", title, body);
  details.addEventListener(
    "toggle",
    async () => {
      body.append(await table(schema, path));
      const link = element("a", "schema");
      link.href = path;
      body.append(link);
    },
    { once: true },
  );
  return details;
}

async function show(section) {
  try {
    const { schemas } = await json("/docs");
    const events = schemas.filter((one) => !one.includes("/defs/"));
    const shown = await Promise.all(events.map(event));
    let group = "";
    for (const [index, path] of events.entries()) {
      const subject = path.split("/").at(-1).split(".")[0];
      if (subject !== group) {
        group = subject;
        section.append(element("h2", subject));
      }
      section.append(shown[index]);
    }
  } catch (failure) {
    section.append(element("p", `The events could not be read: ${failure.message}.`));
  }
}

show(document.getElementById("events"));
