import { errorCauses, Supergraph } from '@apollo/federation-internals';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  isTypeDefinitionNode,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';
import { linkedDirective } from '../sdl/links.ts';
import { directiveOf, lineDirective, majorOfDirective } from './line-directives.ts';

/** The part of a supergraph that is one version line. */
export interface LineCut {
  /** What is not in the line is `@inaccessible`: subgraphs still give it for keys and required fields. */
  readonly supergraphSdl: string;
  /** What clients of the line see; undefined when something of the line needs what is not in it. */
  readonly apiSchema: GraphQLSchema | undefined;
  /** Schema coordinates of what is not in the line, without what belongs to those. */
  readonly hidden: readonly string[];
  readonly problems: readonly CutProblem[];
}

/** Why the line is no valid schema. */
export interface CutProblem {
  readonly message: string;
  /** Schema coordinate of what is to be mended, where one is known. */
  readonly coordinate: string | undefined;
}

/**
 * Cuts one version line out of a supergraph: `@since(major:)` above the line and `@until(major:)` below it are left out.
 *
 * @param supergraph its SDL, parsed or not
 * @throws GraphQLError for what is no supergraph
 */
export function cutLine(supergraph: string | DocumentNode, major: number): LineCut {
  const document = typeof supergraph === 'string' ? parse(supergraph, { noLocation: true }) : supergraph;
  const hider = new Hider(document, major);
  const definitions = document.definitions.map((node) => (isTypeDefinitionNode(node) ? hider.type(node) : node));
  const { hidden } = hider;
  const cut = hidden.length === 0 ? document : linkInaccessible({ ...document, definitions });
  const supergraphSdl = hidden.length === 0 && typeof supergraph === 'string' ? supergraph : `${print(cut)}\n`;
  // A supergraph was validated when it was composed; whether the gateway has its features is the gateway's question.
  const built = Supergraph.build(cut, { supportedFeatures: null, validateSupergraph: false });
  try {
    return { supergraphSdl, apiSchema: built.apiSchema().toGraphQLJSSchema(), hidden, problems: [] };
  } catch (error) {
    const causes = errorCauses(error as Error);
    if (causes === undefined) throw error;
    return { supergraphSdl, apiSchema: undefined, hidden, problems: causes.map((cause) => problemOf(cause, major)) };
  }
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

function problemOf(
  { message, extensions }: { message: string; extensions: Record<string, unknown> },
  major: number,
): CutProblem {
  const [hidden, referencing] = ['inaccessible_elements', 'inaccessible_referencers'].map(
    (key) => (extensions[key] as string[] | undefined)?.[0],
  );
  return {
    message: message
      .replaceAll('@inaccessible', `not in line ${major}`)
      .replaceAll('in the API schema', `in line ${major}`),
    // Nothing is left of a type: it is the type that is to go, too.
    coordinate: extensions.code === 'ONLY_INACCESSIBLE_CHILDREN' ? referencing : hidden,
  };
}
