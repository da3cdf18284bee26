import {
  type ExecutionResult,
  getOperationAST,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import type { Ask, SubgraphRequest } from './subgraph.ts';
import type { StartSubject } from './subject.ts';

/**
 * A mistake that an executor could make, played at one of its edges: in what the client asks, in what a subgraph is asked
 * or answers, or in the result. One inside of an executor needs no more than a `StartSubject` that has it.
 */
export interface Defect {
  readonly name: string;
  source?(source: string): string;
  request?(request: SubgraphRequest): SubgraphRequest;
  answer?(answer: ExecutionResult): ExecutionResult;
  result?(result: ExecutionResult, source: string): ExecutionResult;
}

export const withDefect =
  (start: StartSubject, defect: Defect): StartSubject =>
  async (supergraphSdl, subgraphs) => {
    const spoilt = [...subgraphs].map(([name, ask]): [string, Ask] => [
      name,
      async (request) => {
        const answer = await ask(defect.request?.(request) ?? request);
        return defect.answer?.(structuredClone(answer)) ?? answer;
      },
    ]);
    const subject = await start(supergraphSdl, new Map(spoilt));
    return {
      async execute(source, variables) {
        const result = await subject.execute(defect.source?.(source) ?? source, variables);
        return defect.result?.(structuredClone(result), source) ?? result;
      },
      close: () => subject.close(),
    };
  };

export const DEFECTS: readonly Defect[] = [
  {
    name: 'an entity gets what another one was answered',
    answer: (answer) => withEntities(answer, rotated),
  },
  {
    name: 'of equal entities only the first gets its answer',
    answer: (answer) =>
      withEntities(answer, (entities) => {
        const texts = entities.map((entity) => JSON.stringify(entity));
        return entities.map((entity, index) => (texts.indexOf(texts[index] ?? '') === index ? entity : null));
      }),
  },
  {
    name: 'a required field is that of another entity',
    request: ({ query, variables }) => ({ query, variables: { ...variables, ...withRequiredOfAnother(variables) } }),
  },
  {
    name: 'a null in a list is swallowed',
    result: (result) => withData(result, (data) => deeply(data, withoutNulls)),
  },
  {
    name: 'a list of lists is flattened',
    result: (result) => withData(result, (data) => deeply(data, flattened)),
  },
  {
    name: 'an enum value is not what the schema calls it',
    result: (result) => withData(result, (data) => deeply(data, lowerCase)),
  },
  {
    name: '@skip is ignored',
    source: (source) =>
      print(visit(parse(source), { Directive: ({ name }) => (name.value === 'skip' ? null : undefined) })),
  },
  {
    name: 'two aliases are mixed up',
    source: (source) => print(visit(parse(source), { SelectionSet: { leave: aliasesSwapped } })),
  },
  {
    name: 'the default of a variable is not applied',
    source: (source) => print(visit(parse(source), { VariableDefinition: withoutDefault })),
  },
  {
    name: 'a type condition is ignored',
    result: (result, source) => withData(result, (data) => withConditionsIgnored(data, source)),
  },
  {
    name: 'the path of an error is off by one',
    result: ({ errors = [], ...rest }) => ({
      ...rest,
      errors: errors.map((error) => Object.assign(error, { path: error.path?.map(plusOne) })),
    }),
  },
  {
    name: 'a null is not propagated',
    result(result) {
      const paths = (result.errors ?? []).map(({ path = [] }) => path);
      return withData(result, (data) => paths.reduce(filledIn, data));
    },
  },
  {
    name: 'of several errors one is lost',
    result: ({ errors = [], ...rest }) => ({ ...rest, errors: errors.slice(1) }),
  },
];

const rotated = <T>(items: readonly T[]): T[] => [...items.slice(1), ...items.slice(0, 1)];

const withData = (result: ExecutionResult, change: (data: unknown) => unknown): ExecutionResult => ({
  ...result,
  data: change(result.data ?? null) as Record<string, unknown> | null,
});

function withEntities(answer: ExecutionResult, change: (entities: readonly unknown[]) => unknown[]): ExecutionResult {
  const entities = answer.data?._entities;
  return Array.isArray(entities) ? { ...answer, data: { ...answer.data, _entities: change(entities) } } : answer;
}

const KEYS = new Set(['__typename', 'id', 'code', 'region', 'number', 'parent', 'slot']);

function withRequiredOfAnother({ representations }: SubgraphRequest['variables']): object {
  if (!Array.isArray(representations)) return {};
  const others = rotated(representations as Record<string, unknown>[]);
  const mixed = (representations as Record<string, unknown>[]).map((representation, index) =>
    Object.fromEntries(
      Object.entries(representation).map(([key, value]) => [key, KEYS.has(key) ? value : others[index]?.[key]]),
    ),
  );
  return { representations: mixed };
}

/** The value with every value in it changed, from the inside. */
function deeply(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((item) => deeply(item, change)));
  if (typeof value !== 'object' || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deeply(inner, change)]));
}

const withoutNulls = (value: unknown) => (Array.isArray(value) ? value.filter((item) => item !== null) : value);

const flattened = (value: unknown) => (Array.isArray(value) ? value.flat() : value);

const lowerCase = (value: unknown) => (value === 'GREEN' ? 'green' : value);

function aliasesSwapped(node: SelectionSetNode): SelectionSetNode | undefined {
  const [first, second] = node.selections.filter((each) => each.kind === Kind.FIELD && each.alias !== undefined);
  if (first?.kind !== Kind.FIELD || second?.kind !== Kind.FIELD || first.alias?.value === second.alias?.value)
    return undefined;
  const swap = (each: SelectionNode): SelectionNode => {
    if (each === first && second.alias !== undefined) return { ...first, alias: second.alias };
    return each === second && first.alias !== undefined ? { ...second, alias: first.alias } : each;
  };
  return { ...node, selections: node.selections.map(swap) };
}

const withoutDefault = ({ defaultValue, ...node }: VariableDefinitionNode): VariableDefinitionNode | undefined =>
  defaultValue === undefined ? undefined : node;

/** Null for every field of an inline fragment that the object is not of the type for. */
function withConditionsIgnored(data: unknown, source: string): unknown {
  const fill = (value: unknown, { selections }: SelectionSetNode): unknown => {
    if (Array.isArray(value)) return value.map((item) => fill(item, { kind: Kind.SELECTION_SET, selections }));
    if (typeof value !== 'object' || value === null) return value;
    const filled: Record<string, unknown> = { ...value };
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) Object.assign(filled, fill(filled, selection.selectionSet));
      if (selection.kind !== Kind.FIELD) continue;
      const key = (selection.alias ?? selection.name).value;
      filled[key] ??= null;
      if (selection.selectionSet !== undefined) filled[key] = fill(filled[key], selection.selectionSet);
    }
    return filled;
  };
  const operation = getOperationAST(parse(source));
  return operation == null ? data : fill(data, operation.selectionSet);
}

const plusOne = (step: string | number) => (typeof step === 'number' ? step + 1 : step);

/** Objects where the null was, down to the field that failed. */
function filledIn(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    const items = Array.isArray(value) ? [...value] : [];
    items[step] = filledIn(items[step], rest);
    return items;
  }
  return { ...(value as object | null), [step]: filledIn((value as Record<string, unknown> | null)?.[step], rest) };
}
