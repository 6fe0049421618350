// Does something soon, once for all who ask meanwhile, and never twice at once.

export class Later {
  #timer = 0;
  #isBusy = false;
  #isWanted = false;
  #isStopped = false;

  /** @param what may be asynchronous; it deals with its own failures */
  constructor(millis, what) {
    this.millis = millis;
    this.what = what;
  }

  soon() {
    this.#isWanted = true;
    if (!this.#timer && !this.#isBusy && !this.#isStopped) this.#timer = setTimeout(() => this.#go(), this.millis);
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  async #go() {
    this.#timer = 0;
    this.#isBusy = true;
    this.#isWanted = false;
    try {
      await this.what();
    } finally {
      this.#isBusy = false;
      if (this.#isWanted) this.soon();
    }
  }
}

const LEAST_MILLIS = 100;

/** Draws at most once per animation frame, and not more often than an eye can follow. */
export class Drawing {
  #isDue = false;
  #last = 0;

  constructor(draw) {
    this.draw = draw;
  }

  soon() {
    if (this.#isDue) return;
    this.#isDue = true;
    const wait = LEAST_MILLIS - (performance.now() - this.#last);
    if (wait > 0) setTimeout(() => requestAnimationFrame(() => this.#now()), wait);
    else requestAnimationFrame(() => this.#now());
  }

  #now() {
    this.#isDue = false;
    this.#last = performance.now();
    this.draw();
  }
}
