// Follows one workspace of Muster without a hole: a snapshot, then each event once and in order, over lost connections and restarts.
// Needs nothing but fetch and WebSocket: browsers, Node 22, Deno, Bun. Copy it freely.
//   const client = new MusterClient({ url: "https://muster.example", workspace: "<id>", token: "mul_…",
//     onSnapshot: ({ runtimes, agents, tasks, counts }) => …, // replaces everything you have
//     onEvent: ({ type, payload, cursor }) => …,              // happened after the snapshot
//     onState: ({ name, … }) => … });  // connecting; live { recovered: true | false }; waiting { millis, why }; refused { why, code }
//   client.start();                    // called again it reconnects at once; client.stop() ends it
//   client.subscribe(taskId);          // the task's output, as events task:messages; unsubscribe(taskId) ends it
// live with recovered: false follows onSnapshot; with true nothing was missed. refused: trying again would be pointless.
const SILENCE = 25_000, PAUSE_MAX = 30_000, REFUSED = [400, 401, 403, 404, 1008, 4001], ANSWER_AT_MOST = 20_000;
const position = (cursor) => Number(cursor.slice(cursor.lastIndexOf(":") + 1));

export class MusterClient {
  #cursor = null; #socket = null; #run = 0; #failures = 0; #heard = 0; #timer = 0; #clock = 0; #isLive = false; #outputs = new Map();
  constructor(options) {
    this.options = { filters: {}, onSnapshot() {}, onEvent() {}, onState() {}, ...options, url: options.url.replace(/\/+$/, "") };
  }
  start() { this.stop(); this.#connect(++this.#run); }
  stop() { this.#run++; this.#isLive = false; clearTimeout(this.#timer); clearInterval(this.#clock); this.#socket?.close(); this.#socket = null; }
  subscribe(task_id, from, claim_generation) {
    // Asked for again without a place, it goes on where it is: also where a handler of each "live" asks.
    if (from === undefined && this.#outputs.has(task_id)) return;
    this.#send("subscribe", this.#outputs.set(task_id, { task_id, from: from ?? 0, claim_generation }).get(task_id));
  }
  unsubscribe(task_id) { if (this.#outputs.delete(task_id)) this.#send("unsubscribe", { task_id }); }
  async snapshot({ url, workspace, token } = this.options) {
    const asked = { headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(ANSWER_AT_MOST) };
    const answer = await fetch(`${url}/api/workspaces/${workspace}/snapshot`, asked);
    // Only Muster itself refuses for good: a proxy answers 403 and 404 for a while, when what is behind it changes.
    const isMusters = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
    const { detail } = isMusters ? await answer.json().catch(() => ({})) : {};
    const why = `the snapshot was answered ${answer.status}${detail ? `: ${detail}` : ""}`;
    if (!answer.ok) throw Object.assign(new Error(why), { code: isMusters ? answer.status : undefined });
    return answer.json();
  }
  /** What is asked for before the socket is live is asked then. */
  #send(type, payload) { if (this.#isLive) this.#socket.send(JSON.stringify({ type, payload })); }
  async #connect(run, { url, workspace, token, filters, onSnapshot, onState } = this.options, recovered = this.#cursor !== null) {
    onState({ name: "connecting" });
    try {
      const snapshot = recovered ? null : await this.snapshot();
      if (run !== this.#run) return;
      // Taken again, if its handler throws.
      if (snapshot) { onSnapshot(snapshot); this.#cursor = snapshot.cursor; }
    } catch (error) { return run === this.#run && this.#again(error); }
    const query = new URLSearchParams({ ...filters, workspace_id: workspace, since: this.#cursor });
    const socket = (this.#socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws?${query}`));
    this.#heard = Date.now();
    this.#clock = setInterval(() => Date.now() - this.#heard > SILENCE && this.#again({ message: "nothing was heard" }), 1_000);
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", payload: { token } }));
    socket.onmessage = ({ data }) => run === this.#run && this.#hear(JSON.parse(data), recovered);
    socket.onclose = ({ code, reason }) => run === this.#run && this.#again({ code, message: reason || "the connection was lost" });
  }
  #hear(frame, recovered, { type, payload, cursor } = frame) {
    this.#heard = Date.now();
    if (type === "resume" && !payload.recovered) { this.#cursor = null; return this.#again({ message: payload.reason }); }
    if (type === "resume") { this.#failures = 0; this.#isLive = true;
      this.#outputs.forEach((output) => this.#send("subscribe", output));
      return this.options.onState({ name: "live", recovered }); }
    const ahead = cursor ? position(cursor) - position(this.#cursor) : 1, whole = Object.keys(this.options.filters).length === 0;
    if (whole && ahead > (type === "heartbeat" ? 0 : 1) && cursor) return this.#again({ message: "an event was missed" });
    if (ahead <= 0) return;
    this.#cursor = cursor ?? this.#cursor;
    const said = type === "task:messages" && payload.messages.at(-1), output = said && this.#outputs.get(payload.task_id);
    if (output) Object.assign(output, { from: said.seq + 1, claim_generation: said.claim_generation });
    if (type !== "heartbeat" && type !== "auth_ack") this.options.onEvent(frame);
  }
  #again({ code, message }, millis = (0.5 + Math.random() / 2) * Math.min(PAUSE_MAX, 300 * 2 ** this.#failures++)) {
    this.stop();
    if (REFUSED.includes(code)) return this.options.onState({ name: "refused", why: message, code });
    this.options.onState({ name: "waiting", millis, why: message });
    this.#timer = setTimeout(() => this.#connect(++this.#run), millis);
  }
}
