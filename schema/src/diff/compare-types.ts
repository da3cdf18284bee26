import {
  type GraphQLNamedType,
  type GraphQLUnionType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql';
import type { Change } from './change.ts';
import { compareDescriptions } from './compare-descriptions.ts';
import { compareEnumValues } from './compare-enum-values.ts';
import { compareFields } from './compare-fields.ts';
import { compareInputFields } from './compare-input-values.ts';
import { compareInterfaces } from './compare-interfaces.ts';

type Types = ReadonlyMap<string, GraphQLNamedType>;

export function* compareTypes(before: Types, after: Types): Generator<Change> {
  for (const [name, type] of before) {
    if (after.has(name)) continue;
    const message = `The ${kindOf(type)} ${name} is removed.`;
    yield { code: 'TYPE_REMOVED', coordinate: name, message, uses: [name] };
  }
  const read = typesThatAreRead(after);
  for (const [name, type] of after) {
    const was = before.get(name);
    if (was === undefined) {
      yield { code: 'TYPE_ADDED', coordinate: name, message: `The ${kindOf(type)} ${name} is added.`, uses: [] };
      yield* compareInterfaces(undefined, type, before);
    } else {
      yield* compareType(was, type, { before, isRead: read.has(name) });
    }
  }
}

function* compareType(
  was: GraphQLNamedType,
  is: GraphQLNamedType,
  { before, isRead }: { before: Types; isRead: boolean },
): Generator<Change> {
  const { name } = is;
  if (kindOf(was) !== kindOf(is)) {
    const message = `${name} is ${withArticle(kindOf(is))}, and was ${withArticle(kindOf(was))}.`;
    yield { code: 'TYPE_KIND_CHANGED', coordinate: name, message, uses: [name] };
    return;
  }
  yield* compareDescriptions(name, was, is);
  if (isScalarType(was) && isScalarType(is) && was.specifiedByURL !== is.specifiedByURL) {
    const message = `@specifiedBy of ${name} is ${is.specifiedByURL ?? 'absent'}, and was ${was.specifiedByURL ?? 'absent'}.`;
    yield { code: 'SPECIFIED_BY_CHANGED', coordinate: name, message, uses: [name] };
  }
  if (isEnumType(was) && isEnumType(is)) yield* compareEnumValues(was, is, isRead);
  if (isUnionType(was) && isUnionType(is)) yield* compareMembers(was, is);
  if (isInputObjectType(was) && isInputObjectType(is)) yield* compareInputFields(was, is);
  if ((isObjectType(was) || isInterfaceType(was)) && (isObjectType(is) || isInterfaceType(is))) {
    yield* compareInterfaces(was, is, before);
    yield* compareFields(was, is);
  }
}

function* compareMembers(was: GraphQLUnionType, is: GraphQLUnionType): Generator<Change> {
  const { name } = is;
  const [old, now] = [was, is].map((union) => new Set(union.getTypes().map((member) => member.name)));
  for (const member of old ?? []) {
    if (now?.has(member)) continue;
    const message = `${member} is no longer a member of the union ${name}.`;
    // Who names the member in a condition may mean this union.
    yield { code: 'UNION_MEMBER_REMOVED', coordinate: name, detail: member, message, uses: [member] };
  }
  for (const member of now ?? []) {
    if (old?.has(member)) continue;
    const message = `${member} is a new member of the union ${name}.`;
    yield { code: 'UNION_MEMBER_ADDED', coordinate: name, detail: member, message, uses: [name] };
  }
}

/** Names of the types that a field has: of what clients read. */
function typesThatAreRead(types: Types): ReadonlySet<string> {
  const read = new Set<string>();
  for (const type of types.values()) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) read.add(getNamedType(field.type).name);
  }
  return read;
}

function kindOf(type: GraphQLNamedType): string {
  if (isScalarType(type)) return 'scalar';
  if (isObjectType(type)) return 'object type';
  if (isInterfaceType(type)) return 'interface';
  if (isUnionType(type)) return 'union';
  return isEnumType(type) ? 'enum' : 'input type';
}

const withArticle = (kind: string) => `${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}`;
