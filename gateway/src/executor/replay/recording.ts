import type { CompiledPlan } from '../compiled-plan.ts';
import type { OperationResult } from '../prepare-operation.ts';
import type { AskSubgraph, PlanRequest } from '../subgraph-access.ts';

/** An execution without errors: what subgraphs were asked, what they said, and what the client was answered. */
export interface Recording {
  readonly requests: readonly RecordedRequest[];
  readonly result: OperationResult;
  /** What it takes in memory, about. */
  readonly bytes: number;
}

export interface RecordedRequest {
  readonly request: PlanRequest;
  readonly body: Buffer;
  /** Indices of the requests whose answers it was made of. */
  readonly needs: readonly number[];
}

/** Of an entry of a map, an array, an object or two. */
const OVERHEAD_BYTES = 500;

export class Recorder {
  /** In the order in which the answers came: after all that it needs. */
  readonly #answered: { request: PlanRequest; body: Buffer }[] = [];
  readonly #plan: CompiledPlan;
  readonly #ask: AskSubgraph;
  #isWhole = true;

  constructor(plan: CompiledPlan, ask: AskSubgraph) {
    this.#plan = plan;
    this.#ask = ask;
  }

  readonly ask: AskSubgraph = async (request) => {
    const answer = await this.#ask(request);
    const { body, errors } = answer;
    if (body === undefined || errors.length > 0) this.#isWhole = false;
    else this.#answered.push({ request, body });
    return answer;
  };

  /** Undefined where something went wrong. */
  recordingOf(result: OperationResult): Recording | undefined {
    if (!this.#isWhole || result.errors.length > 0) return undefined;
    const needs = this.#needs();
    let bytes = 2 * result.data.length + OVERHEAD_BYTES;
    const requests = this.#answered.map(({ request, body }, index) => {
      bytes += request.query.length + request.variables.length + body.length + OVERHEAD_BYTES;
      // A copy: what comes from a socket is a part of something larger.
      return { request, body: Buffer.from(body), needs: needs[index] as number[] };
    });
    return { requests, result, bytes };
  }

  /** For each request those that answered the calls before it; in place of a call that asked nothing, those before that. */
  #needs(): number[][] {
    const { calls } = this.#plan;
    const askedBy = new Map(calls.map((call) => [call, [] as number[]]));
    for (const [index, { request }] of this.#answered.entries()) {
      for (const call of request.calls) askedBy.get(call)?.push(index);
    }
    const before = new Map<number, ReadonlySet<number>>();
    const requestsBefore = (callIndex: number): ReadonlySet<number> => {
      const known = before.get(callIndex);
      if (known !== undefined) return known;
      const found = new Set<number>();
      before.set(callIndex, found);
      for (const need of calls[callIndex]?.needs ?? []) {
        const asked = askedBy.get(calls[need] as (typeof calls)[number]) ?? [];
        for (const index of asked.length > 0 ? asked : requestsBefore(need)) found.add(index);
      }
      return found;
    };
    return this.#answered.map(({ request }) => [
      ...new Set(request.calls.flatMap((call) => [...requestsBefore(calls.indexOf(call))])),
    ]);
  }
}
