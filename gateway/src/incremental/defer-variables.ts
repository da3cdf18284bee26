import { CodedError } from '@tributary/service-kit';
import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';
import type { DeferredWhen } from '../planner/collected-field.ts';

/** Each doubles what an operation can be: of more, `@defer` and `@stream` say nothing. */
const MAX_VARIABLES = 3;

/** What `@defer` and `@stream` of a document take from variables. */
interface IncrementalVariables {
  /** Of `if:`. */
  readonly conditions: ReadonlySet<string>;
  /** Of `@stream(initialCount:)`. */
  readonly counts: ReadonlySet<string>;
}

/** What is known of a document; undefined where everything is to be delivered at once. */
const known = new WeakMap<DocumentNode, IncrementalVariables | undefined>();

/**
 * Those variables of `if:` by which `@defer` and `@stream` are on; undefined where the document has neither.
 *
 * @param variables coerced, with their defaults
 * @throws CodedError BAD_USER_INPUT for a count of items that is none
 */
export function deferredWhen(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): DeferredWhen | undefined {
  if (!known.has(document)) known.set(document, incrementalVariables(document));
  const named = known.get(document);
  if (named === undefined) return undefined;
  for (const name of named.counts) refuseNoCount(name, variables[name]);
  if (named.conditions.size > MAX_VARIABLES) return undefined;
  return new Set([...named.conditions].filter((name) => variables[name] === true));
}

/** One that is not given stands for the argument's default. */
function refuseNoCount(name: string, value: unknown): void {
  if (value === undefined || Number(value ?? -1) >= 0) return;
  throw new CodedError('BAD_USER_INPUT', `Variable "$${name}" is a number of items of @stream: it must be 0 or more.`);
}

function incrementalVariables(document: DocumentNode): IncrementalVariables | undefined {
  const [conditions, counts] = [new Set<string>(), new Set<string>()];
  let isIncremental = false;
  visit(document, {
    Directive(node) {
      if (node.name.value !== 'defer' && node.name.value !== 'stream') return;
      isIncremental = true;
      addVariable(node, 'if', conditions);
      addVariable(node, 'initialCount', counts);
    },
  });
  return isIncremental ? { conditions, counts } : undefined;
}

function addVariable({ arguments: given }: DirectiveNode, named: string, to: Set<string>): void {
  const value = given?.find(({ name }) => name.value === named)?.value;
  if (value?.kind === Kind.VARIABLE) to.add(value.name.value);
}
