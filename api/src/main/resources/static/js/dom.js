// Makes elements. Text from the server only ever becomes text nodes or attributes that hold text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";
const FORBIDDEN = /^(innerHTML|outerHTML|srcdoc|on.*)$/i;

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (FORBIDDEN.test(name)) throw new Error(`${name} is not set here`);
  else if (name === "text") element.textContent = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "class") element.setAttribute("class", value);
  else if (name in element && element.namespaceURI !== SVG) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function made(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: h("a", { href, class, text, data, on: { click } }, …children); what is null or false is left out. */
export const h = (tag, properties, ...children) => made(document.createElement(tag), properties, children);

/** The same for SVG. */
export const svg = (tag, properties, ...children) => made(document.createElementNS(SVG, tag), properties, children);

export const byId = (id) => document.getElementById(id);

/** Sets a text only where it differs, so that nothing is announced or drawn twice. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const drawn = new WeakMap();

/**
 * Shows a list: an item whose signature is as before keeps its element, so nothing flickers or loses focus.
 *
 * @param make draws an item, and may be told that it was there before
 */
export function showList(parent, items, { key, signature, make }) {
  const before = drawn.get(parent) ?? new Map();
  const now = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const id = key(item);
    const sign = signature(item);
    const former = before.get(id);
    const element = former?.sign === sign ? former.element : make(item, former !== undefined);
    now.set(id, { sign, element });
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
    if (former && former.element !== element) {
      if (former.element === place) place = place.nextSibling;
      former.element.remove();
    }
  }
  for (const [id, { element }] of before) if (!now.has(id)) element.remove();
  drawn.set(parent, now);
}
