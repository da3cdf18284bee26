import { argumentOf } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, Kind } from 'graphql';
import type { TextEdit } from '../apply-edits.ts';
import { directiveOf } from '../directive-of.ts';
import type { LintSubgraph, LintType } from '../lint-subgraph.ts';
import type { Rule } from '../rule.ts';

export const resolvableStubs: Rule<never> = {
  name: 'resolvable-stubs',
  severity: 'warning',
  summary: 'An entity of which a subgraph has the key alone is not resolvable there.',
  options: {},
  *check({ subgraph, subgraphs }) {
    for (const type of subgraph.types.values()) {
      const { name, keys } = type;
      const [key] = keys;
      if (key === undefined || !isStub(type) || hasKeyedInterface(subgraph, type)) continue;
      const owner = subgraphs.find((other) => other !== subgraph && owns(other.types.get(name), key.text));
      if (owner === undefined) continue;
      const message = `${name} has nothing here but its key, and the gateway may come and ask for it by that.`;
      const hint = `Say @key(fields: "${key.text}", resolvable: false): ${owner.name} resolves it.`;
      const fix = unresolvable(key.directive);
      yield { element: key.declaration, at: key.directive, message, hint, ...(fix === undefined ? {} : { fix }) };
    }
  },
};

/**
 * One key that is resolvable and holds every field, without nested ones: of what is nested, a subgraph could give more
 * than the key names; and between several keys it could translate.
 */
function isStub({ kind, keys, fields, declarations }: LintType): boolean {
  const [key] = keys;
  if (kind !== 'object' || keys.length !== 1 || key?.resolvable !== true) return false;
  if (declarations.some(({ node }) => directiveOf(node, 'interfaceObject') !== undefined)) return false;
  const inKey = key.selection.selections.map((each) =>
    each.kind === Kind.FIELD && !each.selectionSet ? each.name.value : '',
  );
  return !inKey.includes('') && [...fields.keys()].every((name) => inKey.includes(name));
}

/** Composition wants the key of an interface to be resolvable on all of its implementations. */
const hasKeyedInterface = ({ types }: LintSubgraph, { interfaces }: LintType): boolean =>
  [...interfaces].some((name) => (types.get(name)?.keys.length ?? 0) > 0);

/** Whether a subgraph can be asked for the entity by the same key, and has more of it. */
const owns = (type: LintType | undefined, key: string): boolean =>
  type?.keys.some(({ text, resolvable }) => resolvable && text === key) === true &&
  [...type.fields.values()].some(({ name, external }) => !external && !key.split(' ').includes(name));

function unresolvable(directive: ConstDirectiveNode): TextEdit | undefined {
  const resolvable = argumentOf(directive, 'resolvable')?.loc;
  if (resolvable !== undefined) return { start: resolvable.start, end: resolvable.end, text: 'false' };
  const end = directive.arguments?.at(-1)?.loc?.end;
  return end === undefined ? undefined : { start: end, end, text: ', resolvable: false' };
}
