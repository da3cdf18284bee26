import { textArgument } from '@tributary/service-kit/sdl';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  type NamedTypeNode,
  parse,
  print,
  type SelectionSetNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { sha256Of } from '../sha256-of.ts';

/**
 * What of a supergraph a document's plan can depend on: of each type on its way, in which subgraphs it is and by which
 * keys, and of each field that it selects, or that a key or a requirement of those names, who resolves it. As long as
 * these are the same, so is the plan, whatever else changes.
 */
export class PlanInputs {
  readonly #types = new Map<string, Indexed>();
  readonly #possible = new Map<string, string[]>();
  /** The whole supergraph, where a type has a context: then a field far above may be needed. */
  readonly #whole: string | undefined;

  constructor(supergraph: DocumentNode) {
    for (const node of supergraph.definitions) {
      if (!isTypeDefinitionNode(node) || node.name.value.includes('__')) continue;
      this.#types.set(node.name.value, indexed(node));
      const above = [...('interfaces' in node ? (node.interfaces ?? []) : [])].map(({ name }) => name.value);
      for (const name of above) this.#possible.set(name, [...(this.#possible.get(name) ?? []), node.name.value]);
      if (node.kind === Kind.UNION_TYPE_DEFINITION) {
        this.#possible.set(
          node.name.value,
          (node.types ?? []).map(({ name }) => name.value),
        );
      }
    }
    const text = print(supergraph);
    this.#whole = /@context\b/.test(text) ? text : undefined;
  }

  /** @param uses schema coordinates of a document. */
  digestFor(uses: ReadonlySet<string>): string {
    if (this.#whole !== undefined) return digestOf([this.#whole]);
    const seen = new Map<string, string>();
    for (const coordinate of uses) {
      const [type = '', field] = coordinate.split(/[.(]/);
      this.#add(type, field, seen);
    }
    return digestOf([...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map((entry) => entry.join('\n')));
  }

  #add(type: string, field: string | undefined, seen: Map<string, string>): void {
    const known = this.#types.get(type);
    if (known === undefined) return;
    if (!seen.has(type)) {
      seen.set(type, known.head);
      for (const set of known.fieldSets) this.#addSet(type, set, seen);
      for (const possible of this.#possible.get(type) ?? []) this.#add(possible, undefined, seen);
    }
    const definition = field === undefined ? undefined : known.fields.get(field);
    if (definition === undefined || field === undefined || seen.has(`${type}.${field}`)) return;
    seen.set(`${type}.${field}`, definition.text);
    this.#add(definition.type, undefined, seen);
    for (const set of definition.requires) this.#addSet(type, set, seen);
    for (const set of definition.provides) this.#addSet(definition.type, set, seen);
    for (const possible of this.#possible.get(type) ?? []) this.#add(possible, field, seen);
  }

  #addSet(type: string, { selections }: SelectionSetNode, seen: Map<string, string>): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.#addSet(selection.typeCondition?.name.value ?? type, selection.selectionSet, seen);
      } else if (selection.kind === Kind.FIELD) {
        this.#add(type, selection.name.value, seen);
        const below = this.#types.get(type)?.fields.get(selection.name.value)?.type;
        if (below !== undefined && selection.selectionSet) this.#addSet(below, selection.selectionSet, seen);
      }
    }
  }
}

interface Indexed {
  /** In which subgraphs it is, by which keys, and what it implements or consists of. */
  readonly head: string;
  readonly fieldSets: readonly SelectionSetNode[];
  readonly fields: ReadonlyMap<string, IndexedField>;
}

interface IndexedField {
  readonly text: string;
  readonly type: string;
  readonly requires: readonly SelectionSetNode[];
  readonly provides: readonly SelectionSetNode[];
}

function indexed(node: TypeDefinitionNode): Indexed {
  const fields = 'fields' in node ? (node.fields ?? []) : [];
  const own = fields.filter((field) => field.kind === Kind.FIELD_DEFINITION);
  // Of what is not selected nothing matters; of an input type or an enum everything does.
  const head = own.length > 0 ? { ...node, fields: [], description: undefined } : node;
  const names = 'types' in node ? (node.types as readonly NamedTypeNode[] | undefined) : undefined;
  return {
    head: `${print(head as TypeDefinitionNode)} ${names?.map(({ name }) => name.value).join(' ') ?? ''}`,
    fieldSets: fieldSets(node.directives, 'join__type', 'key'),
    fields: new Map(own.map((field) => [field.name.value, indexedField(field)])),
  };
}

const indexedField = ({ description: _, ...field }: FieldDefinitionNode): IndexedField => ({
  text: print(field),
  type: namedType(field.type),
  requires: fieldSets(field.directives, 'join__field', 'requires'),
  provides: fieldSets(field.directives, 'join__field', 'provides'),
});

const fieldSets = (directives: readonly ConstDirectiveNode[] = [], name: string, key: string): SelectionSetNode[] =>
  directives
    .filter((directive) => directive.name.value === name)
    .map((directive) => textArgument(directive, key))
    .filter((text) => text !== undefined)
    .map((text) => selectionSetOf(text));

function selectionSetOf(text: string): SelectionSetNode {
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  return (operation as { selectionSet: SelectionSetNode }).selectionSet;
}

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));

const digestOf = (parts: readonly string[]) => sha256Of(parts.join('\n\n'));
