import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  Kind,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type TypeNode,
} from 'graphql';
import {
  fieldSet,
  isTypeWithFields,
  joinGraphs,
  joins,
  type TypeWithFieldsNode,
} from '../supergraph/supergraph-types.ts';

/** A supergraph for the planner, and what its plans are to be read with. */
export interface SeparatedSupergraph {
  readonly supergraph: DocumentNode;
  /** The field that each of the added ones is. */
  readonly originals: ReadonlyMap<string, string>;
  /** The added fields that a field of a subgraph's type requires. */
  addedFor(subgraph: string, type: string, field: string): ReadonlySet<string>;
}

/**
 * Adds a field to the supergraph for each one with arguments that a `@requires` names, in its place there. The planner
 * merges fields of one name: what one subgraph requires with `weight(unit: "g")` would be what a client or another
 * subgraph asks for with `weight`, and the wrong value of one of them, or a query that is not valid.
 */
export function separateRequired(supergraph: DocumentNode): SeparatedSupergraph {
  const types = new Map<string, TypeWithFieldsNode>();
  for (const node of supergraph.definitions) if (isTypeWithFields(node)) types.set(node.name.value, node);
  const added = new AddedFields(types);
  const graphs = joinGraphs(supergraph);
  const usedBy = new Map<string, Set<string>>();
  const replaced = new Map<TypeWithFieldsNode, TypeWithFieldsNode>();
  for (const node of types.values()) {
    const fields = (node.fields ?? []).map((field) => {
      const directives = (field.directives ?? []).map((directive) => {
        const [join] = joins({ ...field, directives: [directive] }, 'join__field');
        if (join?.requires === undefined || join.graph === undefined) return directive;
        const { selection, names } = added.separate(fieldSet(join.requires), node.name.value);
        if (names.size === 0) return directive;
        usedBy.set(`${graphs.get(join.graph)?.name} ${node.name.value} ${field.name.value}`, names);
        return withRequires(directive, selection);
      });
      return { ...field, directives };
    });
    replaced.set(node, { ...node, fields });
  }
  const definitions = supergraph.definitions.map((definition) => {
    const node = isTypeWithFields(definition) ? replaced.get(definition) : undefined;
    return node === undefined ? definition : { ...node, fields: [...(node.fields ?? []), ...added.fieldsOf(node)] };
  });
  return {
    supergraph: { ...supergraph, definitions },
    originals: added.originals,
    addedFor: (subgraph, type, field) => usedBy.get(`${subgraph} ${type} ${field}`) ?? NOTHING,
  };
}

const NOTHING: ReadonlySet<string> = new Set();

function withRequires(directive: ConstDirectiveNode, selection: SelectionSetNode): ConstDirectiveNode {
  const value = { kind: Kind.STRING, value: stripIgnoredCharacters(print(selection)).slice(1, -1) } as const;
  const given = (directive.arguments ?? []).map((one) => (one.name.value === 'requires' ? { ...one, value } : one));
  return { ...directive, arguments: given };
}

class AddedFields {
  readonly originals = new Map<string, string>();
  readonly #types: ReadonlyMap<string, TypeWithFieldsNode>;
  /** By type, field and arguments. */
  readonly #names = new Map<string, string>();
  /** By type, names of added fields. */
  readonly #ofType = new Map<string, Set<string>>();

  constructor(types: ReadonlyMap<string, TypeWithFieldsNode>) {
    this.#types = types;
  }

  /** The selection with added fields, and their names. */
  separate(
    { selections, ...set }: SelectionSetNode,
    type: string,
  ): { selection: SelectionSetNode; names: Set<string> } {
    const names = new Set<string>();
    const below = (inner: SelectionSetNode, innerType: string) => {
      const separated = this.separate(inner, innerType);
      for (const name of separated.names) names.add(name);
      return separated.selection;
    };
    const separated = selections.map((node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.INLINE_FRAGMENT) {
        return { ...node, selectionSet: below(node.selectionSet, node.typeCondition?.name.value ?? type) };
      }
      const definition = this.#field(type, node.name.value);
      if (definition === undefined) return node;
      const hasArguments = (definition.arguments ?? []).length > 0;
      const name = hasArguments ? this.#add(node, type) : node.name.value;
      if (hasArguments) names.add(name);
      return {
        ...node,
        name: { ...node.name, value: name },
        ...(node.selectionSet && { selectionSet: below(node.selectionSet, namedType(definition.type)) }),
      };
    });
    return { selection: { ...set, selections: separated }, names };
  }

  /** Those of a type; their join directives are those of the fields that they are. */
  fieldsOf({ name, fields = [] }: TypeWithFieldsNode): FieldDefinitionNode[] {
    return [...(this.#ofType.get(name.value) ?? [])].flatMap((added) => {
      const original = fields.find((field) => field.name.value === this.originals.get(added));
      if (original === undefined) return [];
      const directives = original.directives?.filter((directive) => directive.name.value === 'join__field') ?? [];
      return [{ ...original, name: { ...original.name, value: added }, directives }];
    });
  }

  #add({ name, arguments: given = [] }: FieldNode, type: string): string {
    const key = `${type} ${name.value} ${given.map((argument) => stripIgnoredCharacters(print(argument))).sort()}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const added = `${name.value}__required_${this.originals.size + 1}`;
    this.#names.set(key, added);
    this.originals.set(added, name.value);
    for (const one of this.#family(type, name.value)) {
      const ofType = this.#ofType.get(one) ?? new Set();
      this.#ofType.set(one, ofType.add(added));
    }
    return added;
  }

  #field(type: string, name: string): FieldDefinitionNode | undefined {
    return this.#types.get(type)?.fields?.find((field) => field.name.value === name);
  }

  /** The type, its interfaces that have the field, and all that implement these: who has it, has what it implements. */
  #family(type: string, field: string): Set<string> {
    const interfaces = (this.#types.get(type)?.interfaces ?? [])
      .map(({ name }) => name.value)
      .filter((name) => this.#field(name, field) !== undefined);
    const heads = [type, ...interfaces];
    const implementing = [...this.#types.values()].filter(({ interfaces: own = [] }) =>
      own.some(({ name }) => heads.includes(name.value)),
    );
    return new Set([...heads, ...implementing.map(({ name }) => name.value)]);
  }
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
