import { elementsOf, linkedNames } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, type DocumentNode, print } from 'graphql';
import type { Change } from './change.ts';
import type { ChangeCode } from './change-kinds.ts';
import { compareAuthorization } from './compare-authorization.ts';

/** The directives of one element, by their name in the specification. */
export type Applied = ReadonlyMap<string, readonly ConstDirectiveNode[]>;

/** Compared elsewhere, by what they mean; or said by what a schema shows. */
const ELSEWHERE = new Set([
  ...['deprecated', 'specifiedBy', 'oneOf', 'link', 'sunset', 'since', 'until'],
  ...['key', 'shareable', 'external', 'requires', 'provides', 'override', 'extends', 'interfaceObject'],
  ...['authenticated', 'requiresScopes', 'policy', 'inaccessible'],
]);

/** Where a change of what is written says enough. */
const BY_TEXT: Readonly<Record<string, ChangeCode>> = {
  cost: 'COST_CHANGED',
  listSize: 'LIST_SIZE_CHANGED',
  tag: 'TAG_CHANGED',
  context: 'CONTEXT_CHANGED',
  fromContext: 'CONTEXT_CHANGED',
};

/**
 * Directives of elements that both documents have: of a subgraph's SDL, or a supergraph's. What routes between
 * subgraphs, `@join__…`, is left out.
 */
export function* compareApplied(before: DocumentNode, after: DocumentNode): Generator<Change> {
  const [old, now] = [appliedIn(before), appliedIn(after)];
  for (const [coordinate, applied] of now) {
    const was = old.get(coordinate);
    if (was === undefined) continue;
    yield* compareAuthorization(coordinate, was, applied);
    yield* compareVisibility(coordinate, was, applied);
    yield* compareByText(coordinate, was, applied);
  }
}

/** How a supergraph says which subgraph has what: compared by its subgraphs. */
const isNoRouting = ({ name }: ConstDirectiveNode) => !name.value.startsWith('join__');

/** Of every element of the document, one without any too. */
export function appliedIn(document: DocumentNode): ReadonlyMap<string, Applied> {
  const { canonical } = linkedNames(document);
  return new Map(
    [...elementsOf(document)].map(([coordinate, { directives }]) => [
      coordinate,
      Map.groupBy(directives.filter(isNoRouting), ({ name }) => canonical(name.value)),
    ]),
  );
}

function* compareVisibility(coordinate: string, was: Applied, is: Applied): Generator<Change> {
  if (was.has('inaccessible') === is.has('inaccessible')) return;
  const uses = [coordinate];
  if (is.has('inaccessible')) {
    const message = `${coordinate} is @inaccessible now: clients no longer see it.`;
    yield { code: 'INACCESSIBLE_ADDED', coordinate, message, uses };
  } else {
    const message = `${coordinate} is no longer @inaccessible: clients see it.`;
    yield { code: 'INACCESSIBLE_REMOVED', coordinate, message, uses: [] };
  }
}

function* compareByText(coordinate: string, was: Applied, is: Applied): Generator<Change> {
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    if (ELSEWHERE.has(name)) continue;
    const [old, now] = [textsOf(was, name), textsOf(is, name)];
    if (old === now) continue;
    const code = BY_TEXT[name] ?? 'APPLIED_DIRECTIVE_CHANGED';
    const message = `${coordinate} has ${now || `no @${name}`}, and had ${old || `no @${name}`}.`;
    yield { code, coordinate, message, uses: [coordinate] };
  }
}

const textsOf = (applied: Applied, name: string) =>
  (applied.get(name) ?? [])
    .map((directive) => print(directive))
    .sort()
    .join(' ');
