import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { DocumentLimits } from './document-limits.ts';
import { LimitExceeded } from './limit-exceeded.ts';
import { maxNesting } from './max-nesting.ts';

/** What leads to introspection. */
const INTROSPECTION = new Set(['__schema', '__type']);

/** A selection set, and the fragments in which it is: what is spread inside itself is left to validation. */
interface Part {
  readonly set: SelectionSetNode;
  readonly within: Spread | undefined;
}

interface Spread {
  readonly name: string;
  /** How many there are, with it. */
  readonly level: number;
  readonly within: Spread | undefined;
}

/** Fields that are one in the answer. */
interface MergedField {
  readonly name: string;
  readonly parts: Part[];
  count: number;
  isAliased: boolean;
}

/**
 * How large a document is once its fragments are written out where they are spread: what validation and planning have to
 * look at, which a few fragments that spread each other twice can make 2^20. The walk ends with the first selection too
 * many, so that it never takes longer than what is allowed would.
 *
 * @throws LimitExceeded
 */
export function checkSize({ definitions }: DocumentNode, limits: DocumentLimits): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const walk = new SizeWalk(fragments, limits);
  for (const node of definitions) if (node.kind === Kind.OPERATION_DEFINITION) walk.operation(node);
  // Those that no operation needs are validated nevertheless.
  for (const node of fragments.values()) walk.unused(node);
}

class SizeWalk {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #limits: DocumentLimits;
  readonly #used = new Set<string>();
  #selections = 0;
  #duplicates = 0;
  /** Of the operation that is being walked through. */
  #aliases = 0;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, limits: DocumentLimits) {
    this.#fragments = fragments;
    this.#limits = limits;
  }

  operation({ selectionSet }: OperationDefinitionNode): void {
    this.#aliases = 0;
    const { rootFields } = this.#limits;
    const fields = this.#collect([{ set: selectionSet, within: undefined }]);
    if (fields.size > rootFields) {
      throw new LimitExceeded('root_fields', `The operation has more than ${rootFields} root fields.`);
    }
    this.#fields(fields, 1, false);
  }

  unused({ name, selectionSet }: FragmentDefinitionNode): void {
    if (this.#used.has(name.value)) return;
    this.#used.add(name.value);
    this.#aliases = 0;
    const within = { name: name.value, level: 1, within: undefined };
    this.#fields(this.#collect([{ set: selectionSet, within }]), 1, false);
  }

  #fields(fields: ReadonlyMap<string, MergedField>, level: number, isBelowIntrospection: boolean): void {
    for (const { name, parts, count, isAliased } of fields.values()) {
      const isIntrospection = isBelowIntrospection || (level === 1 && INTROSPECTION.has(name));
      this.#checkDepth(level, isIntrospection);
      if (isAliased) this.#countAlias();
      this.#countDuplicates(count);
      if (parts.length > 0) this.#fields(this.#collect(parts), level + 1, isIntrospection);
    }
  }

  /** By response key. */
  #collect(parts: readonly Part[]): Map<string, MergedField> {
    const fields = new Map<string, MergedField>();
    const pending = [...parts];
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      const { set, within } = part;
      for (const selection of set.selections) {
        this.#countSelection();
        if (selection.kind === Kind.FIELD) add(fields, selection, within);
        else if (selection.kind === Kind.INLINE_FRAGMENT) pending.push({ set: selection.selectionSet, within });
        else {
          const inner = this.#spread(selection.name.value, within);
          if (inner !== undefined) pending.push(inner);
        }
      }
    }
    return fields;
  }

  #spread(name: string, within: Spread | undefined): Part | undefined {
    this.#used.add(name);
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return undefined;
    for (let outer = within; outer !== undefined; outer = outer.within) if (outer.name === name) return undefined;
    const level = (within?.level ?? 0) + 1;
    const most = maxNesting(this.#limits);
    if (level > most) {
      throw new LimitExceeded('depth', `The document has more than ${most} fragments inside each other.`);
    }
    return { set: fragment.selectionSet, within: { name, level, within } };
  }

  #checkDepth(level: number, isIntrospection: boolean): void {
    const { depth, introspectionDepth } = this.#limits;
    if (!isIntrospection && level > depth) {
      throw new LimitExceeded('depth', `The document is more than ${depth} levels deep.`);
    }
    if (isIntrospection && level > introspectionDepth) {
      const message = `The document is more than ${introspectionDepth} levels deep in introspection.`;
      throw new LimitExceeded('introspection_depth', message);
    }
  }

  #countSelection(): void {
    const { selections } = this.#limits;
    if (++this.#selections <= selections) return;
    const message = `The document has more than ${selections} selections, fragments written out.`;
    throw new LimitExceeded('selections', message);
  }

  #countAlias(): void {
    const { aliases } = this.#limits;
    if (++this.#aliases <= aliases) return;
    throw new LimitExceeded('aliases', `The operation has more than ${aliases} aliases, fragments written out.`);
  }

  #countDuplicates(count: number): void {
    const { duplicates } = this.#limits;
    this.#duplicates += (count * (count - 1)) / 2;
    if (this.#duplicates <= duplicates) return;
    const message = `The document selects the same too often: more than ${duplicates} pairs of fields have one place.`;
    throw new LimitExceeded('duplicates', message);
  }
}

function add(fields: Map<string, MergedField>, node: FieldNode, within: Spread | undefined): void {
  const key = (node.alias ?? node.name).value;
  let field = fields.get(key);
  if (field === undefined) {
    field = { name: node.name.value, parts: [], count: 0, isAliased: false };
    fields.set(key, field);
  }
  field.count++;
  if (node.alias !== undefined) field.isAliased = true;
  if (node.selectionSet !== undefined) field.parts.push({ set: node.selectionSet, within });
}
