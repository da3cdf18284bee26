import { composeServices } from '@apollo/composition';
import { type ExecutionResult, GraphQLError, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { differenceOf, dotted, nullAt } from './compare-answers.ts';
import type { Construct, Mark } from './constructs.ts';
import { fieldOf, type Graph, requirementOf, requiresDerived } from './graph-model.ts';
import { type Answer, MergedSchema } from './merged-schema.ts';
import { observeDocument } from './observe-document.ts';
import { observeResolvers } from './observe-resolvers.ts';
import { randomGraph } from './random-graph.ts';
import { type RandomOperation, randomOperation } from './random-operation.ts';
import { seededRandom } from './seeded-random.ts';
import { Store } from './store.ts';
import { type Ask, type CaseContext, Subgraph, type SubgraphRequest } from './subgraph.ts';
import { NotPlannedError, type StartSubject, type Subject } from './subject.ts';

/** An operation on data of its own. */
export interface Case {
  readonly operation: RandomOperation;
  readonly store: Store;
}

export interface Outcome {
  readonly expected: Answer;
  readonly actual: ExecutionResult;
  /** What is wrong with the actual answer; undefined: nothing. */
  readonly difference: string | undefined;
  readonly met: ReadonlySet<Construct>;
  /** What the subgraphs were asked. */
  readonly requests: readonly (SubgraphRequest & { readonly subgraph: string })[];
}

/** @apollo/composition refuses the subgraphs. */
export class NotComposedError extends Error {
  override name = 'NotComposedError';

  constructor(seed: number, errors: readonly Error[]) {
    super(`graph ${seed}: ${errors.map(({ message }) => message.replaceAll(/\s+/g, ' ')).join(' ')}`);
  }
}

/** One random graph: its subgraphs, their supergraph, the oracle, and the cases on them. */
export class OracleGraph {
  readonly seed: number;
  readonly graph: Graph;
  readonly subgraphs: readonly { readonly name: string; readonly subgraph: Subgraph }[];
  readonly supergraphSdl: string;
  readonly merged: MergedSchema;
  #current: (CaseContext & { requests: Outcome['requests'][number][] }) | undefined;

  /** @throws NotComposedError when the subgraphs do not compose */
  constructor(seed: number) {
    this.seed = seed;
    this.graph = randomGraph(seed);
    this.subgraphs = this.graph.subgraphs.map((name) => ({ name, subgraph: new Subgraph(this.graph, name) }));
    const services = this.subgraphs.map(({ name, subgraph }) => ({
      ...{ name, url: `http://${name}.test/` },
      typeDefs: parse(subgraph.sdl),
    }));
    const { supergraphSdl, errors = [] } = composeServices(services);
    if (supergraphSdl === undefined) throw new NotComposedError(seed, errors);
    this.supergraphSdl = supergraphSdl;
    this.merged = new MergedSchema(this.graph);
  }

  start(start: StartSubject): Promise<Subject> {
    return start(this.supergraphSdl, new Map(this.graph.subgraphs.map((name) => [name, this.#ask(name)])));
  }

  /** The same for the same number, whichever were made before. */
  case(index: number): Case {
    const random = seededRandom(`case ${this.seed} ${index}`);
    const operation = randomOperation(this.graph, this.merged.schema, random);
    const hasFaults = random.chance(0.6) && !this.#needsObjects(operation.source);
    return { operation, store: new Store(this.graph, this.merged.schema, `${this.seed} ${index}`, hasFaults) };
  }

  async run({ operation, store }: Case, subject: Subject): Promise<Outcome> {
    const met = new Set<Construct>();
    const mark: Mark = (construct) => met.add(construct);
    const { source, variables } = operation;
    const expected = this.merged.answer(source, variables, store, observeResolvers(this.graph, mark));
    const current = { store, mark, requests: [] };
    store.beginRun();
    this.#current = current;
    const actual = await subject.execute(source, variables).catch((error: Error) => {
      if (error instanceof NotPlannedError) throw error;
      return withoutData(error);
    });
    observeDocument(this.graph, this.merged.schema, operation, mark);
    observeErrors(expected.result, mark);
    return { expected, actual, difference: differenceOf(expected, actual), met, requests: current.requests };
  }

  /** Two executions of the oracle are one answer. */
  differenceWithItself({ operation: { source, variables }, store }: Case): string | undefined {
    const [one, other] = [0, 1].map(() => this.merged.answer(source, variables, store, () => {}));
    if (one === undefined || other === undefined) throw new Error('no answer');
    return differenceOf(one, other.result);
  }

  #ask(name: string): Ask {
    const subgraph = this.subgraphs.find((candidate) => candidate.name === name)?.subgraph;
    return async (request) => {
      if (subgraph === undefined || this.#current === undefined) throw new Error('asked outside of a case');
      this.#current.requests.push({ ...request, subgraph: name });
      return subgraph.ask(request, this.#current);
    };
  }

  /**
   * Whether a field is selected that requires fields of an object. When such an object is null because another field in it
   * failed, there is nothing to send, and no right answer: such cases have data without faults.
   */
  #needsObjects(source: string): boolean {
    const types = new TypeInfo(this.merged.schema);
    let needs = false;
    visit(
      parse(source),
      visitWithTypeInfo(types, {
        Field: ({ name }) => {
          const parent = types.getParentType()?.name;
          if (parent === undefined || name.value === '__typename') return;
          const requires = requirementOf(fieldOf(this.graph, parent, name.value)) ?? '';
          if (requires.includes('{') || requiresDerived(requires)) needs = true;
        },
      }),
    );
    return needs;
  }
}

/** A gateway that gives up on an operation has answered it wrongly. */
const withoutData = (error: Error): ExecutionResult => ({ errors: [new GraphQLError(error.message)] });

function observeErrors({ data = null, errors = [] }: ExecutionResult, mark: Mark): void {
  if (data === null) mark('data is null');
  for (const { path = [] } of errors) {
    const place = nullAt(data, path);
    mark(place === dotted(path) ? 'resolver error' : 'null at a non-null type');
    if (/\d$/.test(place)) mark(place === dotted(path) ? 'error in a list' : 'null propagated to a list item');
  }
}
