import { operationRules } from '@tributary/service-kit';
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import type { AuthorizationOptions } from '../authorization/authorization-options.ts';
import { othersFirst } from '../others-first.ts';
import { NO_LABELS } from '../planner/planner.ts';
import { PlanningError } from '../planner/planning-error.ts';
import type { Candidate } from './candidate.ts';
import { SchemaView } from './schema-view.ts';

/** An operation that clients are known to ask for. */
export interface KnownOperation {
  readonly name: string;
  readonly text: string;
  /** Of the text's operations. Default: the first. */
  readonly operationName?: string | undefined;
}

/** The operation; undefined where it is none of the schema's. */
export function validOperation(
  schema: GraphQLSchema,
  { text, operationName }: Pick<KnownOperation, 'text' | 'operationName'>,
): { document: DocumentNode; operation: OperationDefinitionNode } | undefined {
  const document = parse(text);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const operation = operations.find(({ name }) => operationName === undefined || name?.value === operationName);
  return operation === undefined || validate(schema, document, operationRules).length > 0
    ? undefined
    : { document, operation };
}

/** What could not be cut is not tried again for so long: nothing is planned meanwhile. */
const CUT_AGAIN_MS = 10_000;

/** All that was derived from one supergraph. A request keeps the one that it began with. */
export class Generation extends SchemaView {
  readonly #authorization: AuthorizationOptions | undefined;
  /** By major. */
  readonly #lines = new Map<number, SchemaView>();
  readonly #cutting = new Map<number, Promise<void>>();
  #users = 0;
  #isRetired = false;

  /** @param schema as clients see it where there are no version lines */
  constructor(candidate: Candidate, schema: GraphQLSchema, authorization?: AuthorizationOptions) {
    super(candidate, schema, authorization);
    this.#authorization = authorization;
  }

  /** A version line of it; undefined where it was not cut. */
  view(major: number): SchemaView | undefined {
    return this.#lines.get(major);
  }

  /**
   * Cuts those version lines that were not yet: off the event loop, each once, or so long after it failed.
   *
   * @param of how many lines share the memory of one view. Default: these
   * @throws PlanningError where something of a line needs what is not in it
   */
  async cut(majors: readonly number[], of = majors.length): Promise<void> {
    await this.#held(async () => {
      for (const major of majors) {
        if (this.#lines.has(major)) continue;
        const cutting = this.#cutting.get(major) ?? this.#cut(major, 1 / of);
        this.#cutting.set(major, cutting);
        await cutting;
      }
    });
  }

  /** By the first version line that has it, where there are lines: others find its plan. */
  #validIn(operation: KnownOperation) {
    for (const view of this.#lines.size === 0 ? [this] : this.#lines.values()) {
      const known = validOperation(view.schema, operation);
      if (known !== undefined) return { view, ...known };
    }
    return undefined;
  }

  async #cut(major: number, share: number): Promise<void> {
    let schema: GraphQLSchema;
    try {
      schema = await this.candidate.lineSchema(major);
    } catch (error) {
      setTimeout(() => this.#cutting.delete(major), CUT_AGAIN_MS).unref();
      throw error;
    }
    this.#cutting.delete(major);
    this.#lines.set(major, new SchemaView(this.candidate, schema, this.#authorization, share));
  }

  /** Gets known operations ready. What this supergraph does not have is left out. */
  async warm(operations: readonly KnownOperation[]): Promise<void> {
    await this.#held(async () => {
      for (const operation of operations) {
        if (this.#isRetired) return;
        const known = this.#validIn(operation);
        await othersFirst();
        if (known === undefined) continue;
        try {
          await known.view.operation({ ...known, labels: NO_LABELS });
        } catch (error) {
          if (!(error instanceof PlanningError)) throw error;
        }
      }
    });
  }

  /** One that rests meanwhile would get a planner anew, and nobody would give that back. */
  async #held(work: () => Promise<void>): Promise<void> {
    this.enter();
    try {
      await work();
    } finally {
      this.leave();
    }
  }

  /** To be called by each request, which calls `leave` in the end. */
  enter(): this {
    this.#users++;
    return this;
  }

  leave(): void {
    if (--this.#users === 0 && this.#isRetired) this.candidate.rest();
  }

  /** It serves, for the first time or again. */
  serve(): this {
    this.#isRetired = false;
    return this;
  }

  /** Another one has taken its place: it ends with the last request that uses it. */
  retire(): void {
    this.#isRetired = true;
    if (this.#users === 0) this.candidate.rest();
  }
}
