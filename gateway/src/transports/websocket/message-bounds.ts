/** Messages in a second that no rate charges: pings, pongs, the end of what is not under way. */
const MOST_UNCHARGED = 100;
/** Operations that a limit refuses, one after the other. */
const MOST_REFUSED = 200;

const TOO_MANY_REQUESTS = 429;

/** How much a client may send that costs the gateway work, and is charged to nobody. */
export class MessageBounds {
  #sinceMs = 0;
  #uncharged = 0;
  #refused = 0;

  /** A message that no rate charges has come. @returns whether the client may send it */
  mayPass(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs >= 1000) {
      this.#sinceMs = nowMs;
      this.#uncharged = 0;
    }
    return ++this.#uncharged <= MOST_UNCHARGED;
  }

  /** @param status of an operation @returns whether the client may go on asking */
  mayGoOn(status: number): boolean {
    this.#refused = status === TOO_MANY_REQUESTS ? this.#refused + 1 : 0;
    return this.#refused < MOST_REFUSED;
  }
}
