import { BoundedCache } from '../../bounded-cache.ts';
import type { CompiledPlan } from '../compiled-plan.ts';
import type { OperationResult } from '../prepare-operation.ts';
import type { AskSubgraph } from '../subgraph-access.ts';
import { Recorder, type Recording } from './recording.ts';
import { replay } from './replay.ts';

/** An operation with certain variables, for somebody. */
interface Repeated {
  recording: Recording | undefined;
  /** So often it is executed yet before it is recorded. */
  wait: number;
  /** Recordings in a row that were of no use. */
  misses: number;
}

export interface Execution {
  readonly plan: CompiledPlan;
  readonly ask: AskSubgraph;
  run(ask: AskSubgraph): Promise<OperationResult>;
}

/** Where subgraphs say something else each time, a recording is tried more and more seldom. */
const MAX_WAIT = 1024;
const OVERHEAD_BYTES = 200;

/** Recorded executions of one supergraph's operations, bounded by their size. */
export class Recordings {
  readonly worthRecording: number;
  readonly #repeated: BoundedCache<Repeated>;

  /** @param worthRecording An answer that has so many characters: for shorter ones, comparing saves nothing. */
  constructor(maxBytes: number, worthRecording = 4096) {
    this.worthRecording = worthRecording;
    this.#repeated = new BoundedCache(maxBytes);
  }

  /** @param key Equal where the plan is, the variables are, and whom subgraphs are told to ask for them. */
  async execute(key: string, { plan, ask, run }: Execution): Promise<OperationResult> {
    const known = this.#repeated.get(key);
    if (known === undefined) {
      // It may never be asked for again.
      this.#keep(key, { recording: undefined, wait: 0, misses: 0 });
      return run(ask);
    }
    const { recording } = known;
    if (recording !== undefined) {
      const replayed = await replay(recording, ask);
      if (replayed.result !== undefined) {
        known.misses = 0;
        return replayed.result;
      }
      // Others may have seen it before.
      if (known.recording === recording) this.#miss(key, known);
      return run(replayed.ask);
    }
    if (known.wait > 0) {
      known.wait--;
      return run(ask);
    }
    const recorder = new Recorder(plan, ask);
    const result = await run(recorder.ask);
    known.recording = recorder.recordingOf(result);
    if (known.recording === undefined) this.#miss(key, known);
    else {
      this.#keep(key, known);
      result.grew = (bytes) => {
        if (known.recording?.result === result) this.#repeated.grow(key, known, bytes);
      };
    }
    return result;
  }

  #miss(key: string, known: Repeated): void {
    known.recording = undefined;
    known.misses++;
    known.wait = Math.min(MAX_WAIT, 2 ** known.misses);
    this.#keep(key, known);
  }

  #keep(key: string, repeated: Repeated): void {
    this.#repeated.set(key, repeated, 2 * key.length + OVERHEAD_BYTES + (repeated.recording?.bytes ?? 0));
  }
}
