import { readAgain, type SubgraphAnswer } from '../../subgraphs/read-answer.ts';
import type { OperationResult } from '../prepare-operation.ts';
import type { AskSubgraph, PlanRequest } from '../subgraph-access.ts';
import type { RecordedRequest, Recording } from './recording.ts';

export type Replayed =
  | { readonly result: OperationResult }
  /** What subgraphs say has changed. `ask` does not ask again what was asked already. */
  | { readonly result: undefined; readonly ask: AskSubgraph };

/**
 * Asks subgraphs what was asked before. As long as they say the same, byte for byte, nothing has to be read, merged and
 * written: what they are asked next, and what the client is answered, is the same as well.
 */
export function replay({ requests, result }: Recording, ask: AskSubgraph): Promise<Replayed> {
  const asked = new Map<string, { answer: Promise<SubgraphAnswer>; body: Buffer }>();
  const missing = requests.map(({ needs }) => needs.length);
  let left = requests.length;
  let hasChanged = false;
  return new Promise((resolve, reject) => {
    const begin = (index: number) => {
      const { request, body } = requests[index] as RecordedRequest;
      const answer = ask({ ...request, expected: body });
      asked.set(keyOf(request), { answer, body });
      const compare = ({ isExpected }: SubgraphAnswer) => {
        if (isExpected === true) end(index);
        else if (!hasChanged) {
          hasChanged = true;
          resolve({ result: undefined, ask: onlyOnce(asked, ask) });
        }
      };
      answer.then(compare).catch(reject);
    };
    const end = (index: number) => {
      left--;
      if (hasChanged) return;
      for (const [next, { needs }] of requests.entries()) {
        if (!needs.includes(index)) continue;
        missing[next] = (missing[next] as number) - 1;
        if (missing[next] === 0) begin(next);
      }
      if (left === 0) resolve({ result });
    };
    // Introspection asks nobody.
    if (left === 0) resolve({ result });
    for (const [index, { needs }] of requests.entries()) if (needs.length === 0) begin(index);
  });
}

function onlyOnce(
  asked: Map<string, { answer: Promise<SubgraphAnswer>; body: Buffer }>,
  ask: AskSubgraph,
): AskSubgraph {
  return async (request) => {
    const key = keyOf(request);
    const known = asked.get(key);
    if (known === undefined) return ask(request);
    // The answer is written into: it serves one request.
    asked.delete(key);
    const answer = await known.answer;
    return answer.isExpected === true ? readAgain(known.body, request.entities) : answer;
  };
}

const keyOf = ({ subgraph, query, variables }: PlanRequest) => `${subgraph} ${query} ${variables}`;
