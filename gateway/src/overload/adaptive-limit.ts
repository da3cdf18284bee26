export interface AdaptiveLimitOptions {
  /** So many may be under way at once, however slow the answers are. */
  readonly minimum: number;
  /** So many at once, however quick; the limit begins with it. */
  readonly maximum: number;
  /**
   * Asked at the end of each window: whether whoever measures was itself too busy in it to know how long answers took.
   * Default: it never is.
   */
  wasBusy?(): boolean;
  /** Asked as often: whether more wait for the limit than can be done. Only then is it cut for slow answers. Default: yes. */
  isCrowded?(): boolean;
}

/**
 * What became of one that was under way. `dropped`: the server said that it has too much. `late`: it did not say anything in
 * time. `ignored` tells nothing of the server: it was not answered, or not by it.
 */
export type LimitOutcome = 'answered' | 'dropped' | 'late' | 'ignored';

/** The limit is thought about again after so many answers, and so long. */
const WINDOW_ANSWERS = 20;
const WINDOW_MS = 100;
/** Answers may take so many times as long as usual before they count as waiting for each other. */
const TOLERANCE = 2;
/** Quicker answers are all the same: it may be the gateway itself that saw them late. */
const QUICK = Math.log(10);
const MAX_CUT = 0.5;
/** Of a window's answers, that were none in time or 503. */
const DROPPED_SHARE = 0.1;
const DROPPED_CUT = 0.7;
/** What is usual, moved towards a window by so much: while nobody waits for the limit, and when answers are quicker. */
const WEIGHT = 0.1;
const WEIGHT_QUICKER = 0.3;
/** Answers that take so much of what they took at twice the limit did not wait for each other. */
const NO_QUICKER = 0.8;

/**
 * How many may be under way to a server of unknown capacity: so many that answers take twice as long as usual, at most
 * (docs/adr/0029). By the clock of its caller; no timers.
 */
export class AdaptiveLimit {
  readonly #minimum: number;
  readonly #maximum: number;
  readonly #wasBusy: () => boolean;
  readonly #isCrowded: () => boolean;
  #limit: number;
  #underWay = 0;
  /** Logarithm of how long an answer takes while none waits for another. Undefined: not known yet. */
  #usual: number | undefined;
  /** Where cutting began: the limit, and the window's logarithm. */
  #cutFrom: { limit: number; took: number } | undefined;
  #windowBeganMs = Number.NEGATIVE_INFINITY;
  #answers = 0;
  /** Of the logarithms of their times: among short and long answers a sum of times would be that of the long ones. */
  #sum = 0;
  #dropped = 0;
  #peak = 0;
  #total = 0;
  /** An answer's time in the last window: mean. */
  #meanMs = 0;

  constructor({ minimum, maximum, wasBusy = () => false, isCrowded = () => true }: AdaptiveLimitOptions) {
    this.#wasBusy = wasBusy;
    this.#isCrowded = isCrowded;
    this.#maximum = maximum;
    this.#minimum = Math.min(minimum, maximum);
    this.#limit = maximum;
  }

  /** Whole; what is added up to it is not. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * How long the last of `count` more waits until it may go, as answers come at present; 0 where that is not known.
   *
   * @param silentMs for so long none has come: they take that long, at least
   */
  waitMs(count: number, silentMs: number): number {
    return (count * Math.max(this.#meanMs, silentMs)) / this.limit;
  }

  tryEnter(): boolean {
    if (this.#underWay >= this.limit) return false;
    this.#underWay++;
    if (this.#underWay > this.#peak) this.#peak = this.#underWay;
    return true;
  }

  /** @param tookMs from entering until now */
  leave(nowMs: number, tookMs: number, outcome: LimitOutcome): void {
    this.#underWay--;
    if (outcome === 'ignored') return;
    // One resolver that hangs would take the places of all others.
    if (outcome === 'late' && !this.#isCrowded()) return;
    if (outcome === 'dropped' || outcome === 'late') this.#dropped++;
    // One that began under another limit tells of that one.
    else if (nowMs - tookMs >= this.#windowBeganMs) {
      this.#answers++;
      this.#total += tookMs;
      this.#sum += Math.log(Math.max(tookMs, 0.01));
    }
    if (this.#answers + this.#dropped < WINDOW_ANSWERS || nowMs - this.#windowBeganMs < WINDOW_MS) return;
    this.#adapt();
    this.#windowBeganMs = nowMs;
    this.#answers = 0;
    this.#sum = 0;
    this.#total = 0;
    this.#dropped = 0;
    this.#peak = this.#underWay;
  }

  #adapt(): void {
    const isDropping = this.#dropped > DROPPED_SHARE * (this.#answers + this.#dropped);
    const isUsed = this.#peak >= this.#limit / 2;
    let gradient = isDropping ? DROPPED_CUT : 1;
    if (this.#answers > 0) {
      this.#meanMs = this.#total / this.#answers;
      if (!this.#wasBusy()) gradient *= this.#gradient(Math.max(QUICK, this.#sum / this.#answers), isUsed);
    }
    // What is not used tells nothing of what could be.
    if (!isUsed && !isDropping) return;
    const room = isDropping ? 0 : Math.sqrt(this.#limit);
    const next = this.#limit * Math.max(MAX_CUT, gradient) + room;
    // Down at once: where answers take long, so do windows.
    const smoothed = next < this.#limit ? next : (this.#limit + next) / 2;
    this.#limit = Math.max(this.#minimum, Math.min(this.#maximum, smoothed));
  }

  /** 1 while answers take up to twice as long as usual or nobody has to wait for long, and less the longer they take. */
  #gradient(took: number, isUsed: boolean): number {
    this.#learn(took, isUsed);
    const gradient = isUsed && this.#isCrowded() ? Math.min(1, TOLERANCE * Math.exp((this.#usual ?? took) - took)) : 1;
    this.#noteCut(gradient, took);
    return gradient;
  }

  #learn(took: number, isUsed: boolean): void {
    if (this.#usual === undefined) this.#usual = took;
    else if (took < this.#usual) this.#usual += WEIGHT_QUICKER * (took - this.#usual);
    else if (!isUsed) this.#usual += WEIGHT * (took - this.#usual);
  }

  /** Where half as many under way take as long each, they do not wait for each other: the server itself is slower now. */
  #noteCut(gradient: number, took: number): void {
    if (gradient >= 1) {
      this.#cutFrom = undefined;
      return;
    }
    // While a queue builds up, answers only become slower.
    if (this.#cutFrom === undefined || took > this.#cutFrom.took) {
      this.#cutFrom = { limit: this.#limit, took };
      return;
    }
    if (this.#limit > Math.max(this.#minimum, this.#cutFrom.limit / 2)) return;
    if (took > this.#cutFrom.took + Math.log(NO_QUICKER)) this.#usual = took;
    this.#cutFrom = { limit: this.#limit, took };
  }
}
