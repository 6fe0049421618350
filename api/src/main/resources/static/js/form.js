// The fields of a form: each with its label, a hint, and what the server refuses about it.

import { h } from "./dom.js";

export class Fields {
  #all = new Map();

  /** @param name the member's name on the wire, by which the server says which field it refuses */
  add(name, label, input, hint = "") {
    input.id = `field-${name}`;
    const error = h("p", { class: "field-error", id: `error-${name}` });
    const note = hint && h("p", { class: "note", id: `hint-${name}`, text: hint });
    input.setAttribute("aria-describedby", note ? `hint-${name} error-${name}` : `error-${name}`);
    this.#all.set(name, { input, error });
    const isBox = input.type === "checkbox";
    const text = h("label", { htmlFor: input.id, text: label });
    return h("div", { class: "field", data: { field: name } }, isBox ? h("div", { class: "check" }, input, text) : text, note, !isBox && input, error);
  }

  input(name) {
    return this.#all.get(name).input;
  }

  text(name) {
    return this.input(name).value.trim();
  }

  /** The text as it was written; null where there is none. */
  given(name) {
    return this.text(name) ? this.input(name).value : null;
  }

  number(name) {
    return this.text(name) ? Number(this.text(name)) : null;
  }

  clear() {
    for (const { input, error } of this.#all.values()) {
      error.textContent = "";
      input.removeAttribute("aria-invalid");
    }
  }

  /**
   * Beside the field where the server names one.
   *
   * @param otherwise where what is about no field is said
   * @param button has the focus then
   */
  refused(refusal, otherwise, button) {
    const named = refusal.field ?? /^(\w+) (?:is|and \w+ are) required/.exec(refusal.message)?.[1];
    const field = this.#all.get(named);
    (field?.error ?? otherwise).textContent = refusal.message;
    field?.input.setAttribute("aria-invalid", "true");
    field?.input.closest("details")?.setAttribute("open", "");
    (field?.input ?? button).focus();
  }
}

/** A form that sends what it has, says what is refused, and is not sent twice at once. */
export function form({ fields, label, send, onRefused = () => {} }, ...children) {
  const error = h("p", { class: "field-error", role: "alert" });
  const button = h("button", { type: "submit", class: "main", text: label });
  const element = h("form", { class: "form", noValidate: true }, children, error, h("div", { class: "actions" }, button));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    fields.clear();
    error.textContent = "";
    button.disabled = true;
    try {
      await send();
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      onRefused(refusal);
      button.disabled = false;
      fields.refused(refusal, error, button);
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

/** A choice among few, as a select. */
export const select = (options, chosen) =>
  h("select", null, options.map(([value, text]) => h("option", { value, text, selected: value === chosen })));

/** A name under which sending a form again makes nothing new; randomUUID wants a secure context. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Labels as people write them: os=linux, gpu=yes. */
export function labels(text) {
  const pairs = text.split(/[,\s]+/).filter(Boolean).map((pair) => [pair.split("=")[0], pair.split("=").slice(1).join("=")]);
  return pairs.length > 0 ? Object.fromEntries(pairs) : null;
}

export const labelText = (object) => Object.entries(object ?? {}).map(([name, value]) => `${name}=${value}`).join(" ");
