import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import type { Graph } from './graph-model.ts';
import { mergedSdl } from './print-graph.ts';
import type { Store, StoredObject } from './store.ts';

export interface Answer {
  readonly result: ExecutionResult;
  /** Every error that an execution may come across, also of fields that need not be executed once their parent is null. */
  readonly possibleErrors: readonly (readonly (string | number)[])[];
}

/** What a resolver of the oracle was asked, and what it said. */
export type Observe = (object: StoredObject, args: Record<string, unknown>, value: unknown, info: Info) => void;
type Info = Parameters<GraphQLFieldResolver<unknown, unknown>>[3];

/** The oracle: graphql-js on the merged schema. */
export class MergedSchema {
  readonly schema: GraphQLSchema;
  readonly #nullable: GraphQLSchema;

  constructor(graph: Graph) {
    this.schema = buildSchema(mergedSdl(graph));
    this.#nullable = buildSchema(mergedSdl(withoutNonNull(graph)));
  }

  answer(source: string, variables: Record<string, unknown>, store: Store, observe: Observe): Answer {
    const result = run(this.schema, source, variables, store, (object, args, info) => {
      const value = store.read(object, info.fieldName, args);
      observe(object, args, value, info);
      return value;
    });
    const { errors = [] } = run(this.#nullable, source, variables, store, (object, args, info) =>
      withErrors(this.#typeOf(object, info.fieldName), store.read(object, info.fieldName, args)),
    );
    return { result, possibleErrors: errors.map(({ path = [] }) => path) };
  }

  #typeOf({ __typename }: StoredObject, field: string): GraphQLOutputType {
    const type = this.schema.getType(__typename);
    const found = isObjectType(type) ? type.getFields()[field]?.type : undefined;
    if (found === undefined) throw new Error(`no field ${__typename}.${field}`);
    return found;
  }
}

function run(
  schema: GraphQLSchema,
  source: string,
  variableValues: Record<string, unknown>,
  store: Store,
  resolve: (object: StoredObject, args: Record<string, unknown>, info: Info) => unknown,
): ExecutionResult {
  store.beginRun();
  const result = execute({
    schema,
    document: parse(source),
    variableValues,
    fieldResolver: (object: StoredObject | undefined, args, _context, info) =>
      resolve(object ?? { __typename: info.parentType.name, ref: '' }, args, info),
  });
  if (result instanceof Promise) throw new Error('the store answers at once');
  // As a client gets it: without graphql-js's prototypes.
  return JSON.parse(JSON.stringify(result));
}

/** Types of which any place may be null, so that no error keeps another field from being executed. */
function withoutNonNull(graph: Graph): Graph {
  const types = [...graph.types].map(([name, type]) => {
    const fields = [...type.fields.values()].map((field) => ({ ...field, type: field.type.replaceAll('!', '') }));
    return [name, { ...type, fields: new Map(fields.map((field) => [field.name, field])) }] as const;
  });
  return { ...graph, types: new Map(types) };
}

/** Each null that the type forbids is an error. */
function withErrors(type: GraphQLOutputType, value: unknown): unknown {
  if (isNonNullType(type))
    return value === null ? new Error('null at a non-null type') : withErrors(type.ofType, value);
  if (isListType(type) && Array.isArray(value)) return value.map((item) => withErrors(type.ofType, item));
  return value;
}
