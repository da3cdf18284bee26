import type { EntityPart, WantedEntity } from './call-entities.ts';

/** Types that a subgraph is not to be asked for together with others at the moment. Undefined: there are none. */
export type TypesApart = (subgraph: string) => ReadonlySet<string> | undefined;

/** The types of the entities that these parts ask for, as the subgraph knows them. */
export function typesOf(parts: readonly EntityPart[]): readonly string[] {
  const [first] = parts;
  if (parts.length === 1 && first?.slot.types.length === 1) return first.slot.types;
  const types = new Set<string>();
  for (const part of parts) {
    if (part.slot.types.length === 1) types.add(part.slot.types[0] as string);
    else for (const entity of part.wanted) types.add(typeOf(entity, part));
  }
  return [...types];
}

/** The parts by what may be asked together: entities of each type that stays apart, and all others. */
export function separated(parts: readonly EntityPart[], apart: ReadonlySet<string>): EntityPart[][] {
  const groups = new Map<string, EntityPart[]>();
  for (const part of parts) {
    const groupOf = (entity: WantedEntity) => {
      const type = typeOf(entity, part);
      return apart.has(type) ? type : '';
    };
    for (const [group, wanted] of Map.groupBy(part.wanted, groupOf)) {
      const places = Math.round((part.places * wanted.length) / part.wanted.length);
      groups.set(group, [...(groups.get(group) ?? []), { ...part, places, wanted }]);
    }
  }
  return [...groups.values()];
}

/** How a representation begins, but for those of which a part was written anew. */
const BEGINNING = '{"__typename":"';

function typeOf({ text }: WantedEntity, { slot }: EntityPart): string {
  if (slot.types.length === 1) return slot.types[0] as string;
  if (!text.startsWith(BEGINNING)) return String(JSON.parse(text).__typename);
  return text.slice(BEGINNING.length, text.indexOf('"', BEGINNING.length));
}
