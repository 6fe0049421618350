// Calls of the REST api. What it refuses becomes a Refusal with the server's own words; nothing is swallowed here.

import { learnTime } from "./format.js";

// Where the page is, and so the api: a proxy may have them under a path of its own.
export const BASE = new URL(".", document.baseURI).href.replace(/\/$/, "");
const ANSWER_AT_MOST = 30_000;

export class Refusal extends Error {
  /** @param status 0 where no answer came */
  constructor(status, detail, problem = {}) {
    super(detail);
    this.status = status;
    this.field = problem.field ?? null;
    this.reason = problem.reason ?? null;
    /** The status where Muster itself refuses; a proxy's does not last. */
    this.code = problem.type?.startsWith("urn:muster:") ? status : undefined;
  }
}

export class Api {
  #token;

  /** @param token sent with each call, and with nothing else */
  constructor(token) {
    this.#token = token;
  }

  get token() {
    return this.#token;
  }

  get(path, query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
    const search = new URLSearchParams(given).toString();
    return this.#send("GET", search ? `${path}?${search}` : path);
  }

  /** @param headers such as an Idempotency-Key, under which asking again makes nothing new */
  post(path, body = {}, headers = {}) {
    return this.#send("POST", path, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
  }

  put(path, body) {
    return this.#send("PUT", path, JSON.stringify(body), { "Content-Type": "application/json" });
  }

  patch(path, body) {
    return this.#send("PATCH", path, JSON.stringify(body), { "Content-Type": "application/json" });
  }

  delete(path) {
    return this.#send("DELETE", path);
  }

  async #send(method, path, body, headers = {}) {
    let response;
    try {
      const signal = AbortSignal.timeout(ANSWER_AT_MOST);
      response = await fetch(BASE + path, { method, body, signal, headers: { Authorization: `Bearer ${this.#token}`, ...headers } });
    } catch {
      throw new Refusal(0, "The server cannot be reached.");
    }
    learnTime(response.headers.get("Date"));
    if (response.ok) return response.status === 204 ? null : response.json();
    const problem = await response.json().catch(() => ({}));
    const detail = problem.detail ?? problem.error ?? response.statusText;
    throw new Refusal(response.status, detail || `The server answered ${response.status}.`, problem);
  }
}
