import { type DocumentNode, Kind, visit } from 'graphql';
import type { DeferredWhen } from '../planner/collected-field.ts';

/** Each doubles what an operation can be: of more, `@defer` says nothing. */
const MAX_VARIABLES = 3;

/** What is known of a document: the variables of `@defer(if:)`; undefined where nothing is deferred. */
const known = new WeakMap<DocumentNode, readonly string[] | undefined>();

/**
 * Those variables of `@defer(if:)` by which it is on; undefined where the document has no `@defer`.
 *
 * @param variables coerced, with their defaults
 */
export function deferredWhen(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): DeferredWhen | undefined {
  if (!known.has(document)) known.set(document, deferVariables(document));
  const names = known.get(document);
  if (names === undefined) return undefined;
  if (names.length > MAX_VARIABLES) return undefined;
  return new Set(names.filter((name) => variables[name] === true));
}

function deferVariables(document: DocumentNode): readonly string[] | undefined {
  const names = new Set<string>();
  let isDeferred = false;
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'defer') return;
      isDeferred = true;
      const value = given?.find((argument) => argument.name.value === 'if')?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return isDeferred ? [...names] : undefined;
}
