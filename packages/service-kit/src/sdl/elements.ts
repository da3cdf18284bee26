import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
} from 'graphql';

/** Something that a schema coordinate names, where a document defines it. */
export interface Element {
  /** The first definition or extension that has it. */
  readonly node: DefinitionNode | FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode;
  /** Of the definition and its extensions. A field has those of its own alone. */
  readonly directives: readonly ConstDirectiveNode[];
}

/** Types, their fields, arguments and values, and directives, by coordinate, in the order of the document. */
export function elementsOf(document: DocumentNode): ReadonlyMap<string, Element> {
  const elements = new Map<string, { node: Element['node']; directives: ConstDirectiveNode[] }>();
  const add = (coordinate: string, node: Element['node'], directives: readonly ConstDirectiveNode[] = []) => {
    const known = elements.get(coordinate);
    if (known === undefined) elements.set(coordinate, { node, directives: [...directives] });
    else known.directives.push(...directives);
  };
  const addArguments = (owner: string, values: readonly InputValueDefinitionNode[] = []) => {
    for (const value of values) add(`${owner}(${value.name.value}:)`, value, value.directives);
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.DIRECTIVE_DEFINITION) {
      const coordinate = `@${definition.name.value}`;
      add(coordinate, definition);
      addArguments(coordinate, definition.arguments);
    }
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
    const { value: type } = definition.name;
    add(type, definition, definition.directives);
    if ('values' in definition) {
      for (const value of definition.values ?? []) add(`${type}.${value.name.value}`, value, value.directives);
    }
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      add(`${type}.${field.name.value}`, field, field.directives);
      if (field.kind === Kind.FIELD_DEFINITION) addArguments(`${type}.${field.name.value}`, field.arguments);
    }
  }
  return elements;
}
