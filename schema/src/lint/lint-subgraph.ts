import type {
  ConstDirectiveNode,
  DocumentNode,
  EnumValueDefinitionNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  SelectionSetNode,
  TypeDefinitionNode,
  TypeExtensionNode,
  TypeNode,
} from 'graphql';

/** A subgraph's schema as rules look at it. */
export interface LintSubgraph {
  name: string;
  /** Of all its files. Directives have their names of the specification, whatever `@link` calls them here. */
  document: DocumentNode;
  /** Every definition of a type and of what is in it, in the order of the files. */
  elements: readonly Element[];
  /** By name, its definition and extensions in one. */
  types: ReadonlyMap<string, LintType>;
  /** Names of the types that operations begin at. */
  roots: Readonly<Record<'query' | 'mutation' | 'subscription', string>>;
  /** Names of directives that are defined or imported. */
  directives: ReadonlySet<string>;
  /** The absolute path of its code, `subgraphs/<name>/src`, whether it is there or not. */
  sourceFolder: string;
}

/** One definition. A type has one for each of its extensions too. */
export type Element = TypeElement | FieldElement | InputElement | EnumValueElement;

interface BaseElement {
  /** Schema coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  coordinate: string;
  name: string;
}

export interface TypeElement extends BaseElement {
  kind: 'type';
  node: TypeDefinitionNode | TypeExtensionNode;
}

export interface FieldElement extends BaseElement {
  kind: 'field';
  node: FieldDefinitionNode;
  /** The definition in which it stands, as for the others. */
  parent: TypeElement;
  type: TypeNode;
  /** Marked itself, or with the whole definition that it stands in. */
  external: boolean;
}

export interface InputElement extends BaseElement {
  kind: 'argument' | 'inputField';
  node: InputValueDefinitionNode;
  parent: TypeElement | FieldElement;
  type: TypeNode;
}

export interface EnumValueElement extends BaseElement {
  kind: 'enumValue';
  node: EnumValueDefinitionNode;
  parent: TypeElement;
}

export interface LintType {
  name: string;
  kind: 'scalar' | 'object' | 'interface' | 'union' | 'enum' | 'input';
  /** Its definition and its extensions; one at least. */
  declarations: readonly [TypeElement, ...TypeElement[]];
  /** Of objects and interfaces. */
  fields: ReadonlyMap<string, FieldElement>;
  /** Names of the interfaces that it implements. */
  interfaces: ReadonlySet<string>;
  keys: readonly Key[];
}

export interface Key {
  directive: ConstDirectiveNode;
  declaration: TypeElement;
  selection: SelectionSetNode;
  /** The field set with its fields in alphabetical order, so that equal keys have equal texts. */
  text: string;
  resolvable: boolean;
}
