import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  parse,
  type TypeDefinitionNode,
} from 'graphql';
import { directiveOf, lineDirective, majorOfDirective } from './line-directives.ts';
import { linkedDirective } from './links.ts';

/** A supergraph of which what is not in one version line is `@inaccessible`. */
export interface MarkedLine {
  /** The supergraph itself where all of it is in the line. */
  readonly document: DocumentNode;
  /** Schema coordinates of what is not in the line, without what belongs to those. */
  readonly hidden: readonly string[];
}

/**
 * Hides from clients what a version line does not have: `@since(major:)` above the line and `@until(major:)` below it.
 * Subgraphs still give it for keys and required fields. Whether what is left is a valid API, its builder says.
 */
export function markLine(supergraph: DocumentNode, major: number): MarkedLine {
  const hider = new Hider(supergraph, major);
  const definitions = supergraph.definitions.map((node) => (isTypeDefinitionNode(node) ? hider.type(node) : node));
  const { hidden } = hider;
  return { hidden, document: hidden.length === 0 ? supergraph : linkInaccessible({ ...supergraph, definitions }) };
}

const INACCESSIBLE_IDENTITY = 'https://specs.apollo.dev/inaccessible';

interface Hideable {
  readonly name: { readonly value: string };
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

class Hider {
  readonly hidden: string[] = [];
  readonly #major: number;
  readonly #since: string | undefined;
  readonly #until: string | undefined;
  readonly #inaccessible: ConstDirectiveNode;

  constructor(document: DocumentNode, major: number) {
    this.#major = major;
    this.#since = lineDirective(document, 'since');
    this.#until = lineDirective(document, 'until');
    const name = linkedDirective(document, INACCESSIBLE_IDENTITY, 'inaccessible') ?? 'inaccessible';
    this.#inaccessible = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name } };
  }

  type(node: TypeDefinitionNode): TypeDefinitionNode {
    const type = node.name.value;
    const marked = this.#mark(node, type);
    if (marked !== node) return marked;
    if ('values' in node)
      return { ...node, values: node.values?.map((one) => this.#mark(one, `${type}.${one.name.value}`)) };
    if (!('fields' in node) || node.fields === undefined) return node;
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      return { ...node, fields: node.fields.map((one) => this.#mark(one, `${type}.${one.name.value}`)) };
    const fields = node.fields.map((field) => {
      const coordinate = `${type}.${field.name.value}`;
      const markedField = this.#mark(field, coordinate);
      if (markedField !== field || field.arguments === undefined || field.arguments.length === 0) return markedField;
      const given = field.arguments.map((one) => this.#mark(one, `${coordinate}(${one.name.value}:)`));
      return { ...field, arguments: given };
    });
    return { ...node, fields };
  }

  #mark<N extends Hideable>(node: N, coordinate: string): N {
    if (this.#isInLine(node)) return node;
    this.hidden.push(coordinate);
    const others = node.directives?.filter(({ name }) => name.value !== this.#inaccessible.name.value) ?? [];
    return { ...node, directives: [...others, this.#inaccessible] };
  }

  #isInLine(node: Hideable): boolean {
    const [since, until] = [directiveOf(node, this.#since), directiveOf(node, this.#until)];
    if (since !== undefined && majorOfDirective(since) > this.#major) return false;
    return until === undefined || !(majorOfDirective(until) < this.#major);
  }
}

/** As composition writes it for a supergraph of which a part is inaccessible. */
const [SCHEMA_WITH_LINK, INACCESSIBLE_DEFINITION] = parse(
  `extend schema @link(url: "${INACCESSIBLE_IDENTITY}/v0.2", for: SECURITY)
  directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION`,
  { noLocation: true },
).definitions as [{ directives: readonly ConstDirectiveNode[] }, DirectiveDefinitionNode];

function linkInaccessible(document: DocumentNode): DocumentNode {
  if (linkedDirective(document, INACCESSIBLE_IDENTITY, 'inaccessible') !== undefined) return document;
  const definitions = document.definitions.map(
    (node): DefinitionNode =>
      node.kind === Kind.SCHEMA_DEFINITION
        ? { ...node, directives: [...(node.directives ?? []), ...SCHEMA_WITH_LINK.directives] }
        : node,
  );
  return { ...document, definitions: [...definitions, INACCESSIBLE_DEFINITION] };
}
