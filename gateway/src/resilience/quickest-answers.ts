const REMEMBERED = 64;
/** 5 % of them: single answers that were quicker than all others say little. */
const RANK = 3;
/** Sorting 64 numbers takes longer than counting; the answers of a moment ago do as well. */
const REFRESHED_AFTER = 32;

/** What is left of it for each fetch that is not sent because of it. */
const DOUBT = 0.95;

/** How long a subgraph takes at least, as its last answers show: the time that 95 % of them took, or longer. */
export class QuickestAnswers {
  readonly #lastMs = new Float64Array(REMEMBERED);
  #count = 0;
  #quickMs = 0;

  add(tookMs: number): void {
    this.#lastMs[this.#count++ % REMEMBERED] = tookMs;
    if (this.#count < REMEMBERED || this.#count % REFRESHED_AFTER !== 0) return;
    this.#quickMs = this.#lastMs.toSorted()[RANK] as number;
  }

  /** A fetch was not sent as it takes longer: for want of answers it would be believed for ever. */
  doubt(): void {
    this.#quickMs *= DOUBT;
  }

  /** 0 as long as there were too few of them. */
  get quickMs(): number {
    return this.#quickMs;
  }
}
