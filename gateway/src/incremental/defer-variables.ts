import { CodedError } from '@tributary/service-kit';
import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentSpreadNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { DeferredWhen } from '../planner/collected-field.ts';

/** Each doubles what an operation can be: of more, `@defer` and `@stream` say nothing. */
const MAX_VARIABLES = 3;

/** What `@defer` and `@stream` of an operation take from variables. */
interface IncrementalVariables {
  /** Of `if:`. */
  readonly conditions: ReadonlySet<string>;
  /** Of `@stream(initialCount:)`, where that is not always off. */
  readonly counts: readonly CountVariable[];
}

interface CountVariable {
  readonly name: string;
  /** The variable by which it is on. Undefined: it always is. */
  readonly condition: string | undefined;
}

/** What is known of an operation; undefined where everything is to be delivered at once. */
const known = new WeakMap<OperationDefinitionNode, IncrementalVariables | undefined>();

/**
 * Those variables of `if:` by which `@defer` and `@stream` are on; undefined where the operation has neither.
 *
 * @param document valid; what else is in it than the operation and its fragments, says nothing
 * @param variables coerced, with their defaults
 * @throws CodedError BAD_USER_INPUT for a count of items that is none
 */
export function deferredWhen(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): DeferredWhen | undefined {
  if (!known.has(operation)) known.set(operation, incrementalVariables(document, operation));
  const named = known.get(operation);
  if (named === undefined || named.conditions.size > MAX_VARIABLES) return undefined;
  for (const { name, condition } of named.counts)
    if (condition === undefined || variables[condition] === true) refuseNoCount(name, variables[name]);
  return new Set([...named.conditions].filter((name) => variables[name] === true));
}

/** One that is not given stands for the argument's default. */
function refuseNoCount(name: string, value: unknown): void {
  if (value === undefined || Number(value ?? -1) >= 0) return;
  throw new CodedError('BAD_USER_INPUT', `Variable "$${name}" is a number of items of @stream: it must be 0 or more.`);
}

function incrementalVariables(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): IncrementalVariables | undefined {
  const conditions = new Set<string>();
  const counts: CountVariable[] = [];
  let isIncremental = false;
  const spread = new Set<string>();
  const visitor = {
    FragmentSpread: ({ name }: FragmentSpreadNode) => void spread.add(name.value),
    Directive(node: DirectiveNode) {
      if (node.name.value !== 'defer' && node.name.value !== 'stream') return;
      isIncremental = true;
      const [when, count] = [argumentOf(node, 'if'), argumentOf(node, 'initialCount')];
      const condition = when?.kind === Kind.VARIABLE ? when.name.value : undefined;
      if (condition !== undefined) conditions.add(condition);
      const isOff = when?.kind === Kind.BOOLEAN && !when.value;
      if (count?.kind === Kind.VARIABLE && !isOff) counts.push({ name: count.name.value, condition });
    },
  };
  visit(operation, visitor);
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  // Grows with those that are inside of them.
  for (const name of spread) {
    const fragment = fragments.get(name);
    if (fragment !== undefined) visit(fragment, visitor);
  }
  return isIncremental ? { conditions, counts } : undefined;
}

const argumentOf = ({ arguments: given }: DirectiveNode, named: string) =>
  given?.find(({ name }) => name.value === named)?.value;
