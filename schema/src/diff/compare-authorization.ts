import { argumentOf } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, Kind, type ValueNode } from 'graphql';
import type { Change } from './change.ts';
import type { Applied } from './compare-applied.ts';

/** Any of these, and of one all: as `@requiresScopes` and `@policy` say it. */
type AnyOfAll = readonly ReadonlySet<string>[];

/** Whether `@authenticated`, `@requiresScopes` and `@policy` let fewer or more people see it. */
export function* compareAuthorization(coordinate: string, was: Applied, is: Applied): Generator<Change> {
  const uses = [coordinate];
  const loosened = (message: string): Change => ({ code: 'AUTHORIZATION_LOOSENED', coordinate, message, uses });
  if (is.has('authenticated') && !was.has('authenticated')) {
    const message = `${coordinate} is for signed-in clients alone now (@authenticated).`;
    yield { code: 'AUTHORIZATION_ADDED', coordinate, message, uses };
  } else if (was.has('authenticated') && !is.has('authenticated')) {
    yield loosened(`${coordinate} is no longer for signed-in clients alone (@authenticated).`);
  }
  for (const [name, list] of [['requiresScopes', 'scopes'] as const, ['policy', 'policies'] as const]) {
    const [old, now] = [was, is].map((applied) => applied.get(name)?.[0]);
    if (now === undefined && old !== undefined) yield loosened(`${coordinate} no longer needs @${name}.`);
    if (now === undefined) continue;
    const needed = anyOfAll(now, list);
    const told = textOf(needed);
    if (old === undefined) {
      const message = `${coordinate} needs @${name} ${told} now.`;
      yield { code: 'AUTHORIZATION_ADDED', coordinate, message, uses };
      continue;
    }
    const accepted = anyOfAll(old, list);
    if (!accepts(needed, accepted)) {
      const message = `${coordinate} needs @${name} ${told} now, and needed ${textOf(accepted)}.`;
      yield { code: 'AUTHORIZATION_TIGHTENED', coordinate, message, uses };
    } else if (!accepts(accepted, needed)) {
      yield loosened(`${coordinate} needs @${name} ${told} now, and needed ${textOf(accepted)}.`);
    }
  }
}

/** Whether everybody who has one of `given` has what is needed. */
const accepts = (needed: AnyOfAll, given: AnyOfAll) =>
  given.every((all) => needed.some((some) => some.isSubsetOf(all)));

function anyOfAll(directive: ConstDirectiveNode, list: string): AnyOfAll {
  const value = argumentOf(directive, list);
  return (value === undefined ? [] : itemsOf(value)).map((all) => new Set(itemsOf(all).flatMap(texts)));
}

// A single value stands for a list of one (GraphQL specification, "Input Coercion" of lists).
const itemsOf = (value: ValueNode): readonly ValueNode[] => (value.kind === Kind.LIST ? value.values : [value]);
const texts = (value: ValueNode) => (value.kind === Kind.STRING ? [value.value] : []);
const textOf = (any: AnyOfAll) => any.map((all) => [...all].join(' and ')).join(', or ');
