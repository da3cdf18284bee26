import type { GraphQLSchema } from 'graphql';
import { composeSupergraph } from '../../compose.ts';
import { type OperationPlanner, operationPlanner } from '../../planning/operation-planner.ts';
import { discoverSubgraphs } from '../../subgraphs.ts';
import { type TemporaryRepository, temporaryRepository } from '../../testing/temporary-repository.ts';
import { randomDocument } from './random-document.ts';
import { changeGraph, drawFrom, printGraph, randomGraph } from './random-graph.ts';

export interface RandomSide {
  readonly supergraphSdl: string;
  readonly api: GraphQLSchema;
  readonly plan: OperationPlanner['plan'];
}

export interface RandomPair extends Disposable {
  readonly before: TemporaryRepository;
  /** With the documents, as those of the application `app`. */
  readonly after: TemporaryRepository;
  readonly old: RandomSide;
  readonly now: RandomSide;
  /** Valid by `old`; each is named `Q0`, `Q1`, … */
  readonly texts: readonly string[];
}

const DOCUMENTS = 12;

/** A random graph, and what a few random changes make of it; undefined where one of them does not compose. */
export function randomPair(seed: number): RandomPair | undefined {
  const draw = drawFrom(seed);
  const graph = randomGraph(draw);
  const before = temporaryRepository(printGraph(graph));
  changeGraph(graph, draw);
  const after = temporaryRepository(printGraph(graph));
  const dispose = () => {
    before[Symbol.dispose]();
    after[Symbol.dispose]();
  };
  const [old, now] = [sideOf(before.root), sideOf(after.root)];
  if (old === undefined || now === undefined) {
    dispose();
    return undefined;
  }
  const texts = Array.from({ length: DOCUMENTS }, (_, index) => randomDocument(old.api, `Q${index}`, draw));
  for (const [index, text] of texts.entries()) after.write(`schema/documents/app/q${index}.graphql`, text);
  return { before, after, old, now, texts, [Symbol.dispose]: dispose };
}

function sideOf(root: string): RandomSide | undefined {
  const { supergraphSdl } = composeSupergraph(discoverSubgraphs(root));
  if (supergraphSdl === undefined) return undefined;
  const { apiSchema: api, plan } = operationPlanner(supergraphSdl);
  return { supergraphSdl, api, plan };
}
