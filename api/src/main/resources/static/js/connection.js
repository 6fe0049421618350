// Says how the connection is: live, connecting, reconnecting in so many seconds, resumed, refreshed. Honest at each moment.

import { byId, say } from "./dom.js";
import { moment } from "./format.js";

const TOLD_FOR = 6_000;

export class Connection {
  #wasLost = false;
  #countdown = 0;
  #calm = 0;

  constructor() {
    this.shown = byId("connection");
    this.button = byId("reconnect");
  }

  /** @param state as the client tells it */
  show({ name, recovered, millis, why }) {
    this.#quiet();
    if (name === "connecting") this.#tell(this.#wasLost ? "waiting" : "connecting", this.#wasLost ? "Reconnecting…" : "Connecting…");
    else if (name === "live") this.#live(recovered);
    else if (name === "waiting") this.#waiting(performance.now() + millis, why);
    else this.#tell("out", "Not connected", why);
    this.button.hidden = name !== "waiting";
  }

  /** Says why there is none to speak of. */
  idle(text) {
    this.#quiet();
    this.#wasLost = false;
    this.button.hidden = true;
    this.#tell("out", text);
  }

  #live(recovered) {
    const wasLost = this.#wasLost;
    this.#wasLost = false;
    if (!wasLost) {
      this.#tell("live", "Live");
      return;
    }
    const time = moment(Date.now());
    if (recovered) this.#tell("live", `Resumed at ${time}, nothing missed`);
    else this.#tell("live", `Refreshed at ${time}`, "The events in between are gone: everything was read anew.");
    this.#calm = setTimeout(() => this.#tell("live", "Live"), TOLD_FOR);
  }

  #waiting(until, why) {
    this.#wasLost = true;
    const left = () => Math.max(0, Math.ceil((until - performance.now()) / 1_000));
    this.#tell("waiting", "Reconnecting", `${why}.`);
    // The seconds are for the eye: who listens is told once.
    const count = () => say(byId("connection-count"), left() > 0 ? `in ${left()} s` : "");
    count();
    this.#countdown = setInterval(count, 1_000);
  }

  #quiet() {
    clearInterval(this.#countdown);
    clearTimeout(this.#calm);
  }

  #tell(state, text, title = "") {
    this.shown.dataset.state = state;
    this.shown.title = title;
    say(byId("connection-text"), text);
    say(byId("connection-count"), "");
  }
}
