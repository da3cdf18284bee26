import { createHash } from 'node:crypto';
import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The SHA-256, in hexadecimal, by which usage tells documents apart: of the document with fields and arguments in one
 * order, and without what changes from one sending to the next or is the client's own word. Without values (literals and
 * variables alike), aliases, names of variables, comments, and `__typename`, which client libraries add by themselves.
 * Two documents with one hash have the same operation's name and ask for the same fields.
 *
 * @param document one operation and the fragments that it uses
 */
export const documentHash = (document: DocumentNode): string =>
  createHash('sha256').update(normalText(document)).digest('hex');

const normalText = ({ definitions }: DocumentNode) => definitions.map(definitionText).sort().join('\n');

function definitionText(node: DefinitionNode): string {
  if (node.kind === Kind.FRAGMENT_DEFINITION) {
    const { name, typeCondition, directives, selectionSet } = node;
    return `fragment ${name.value} on ${typeCondition.name.value}${directivesText(directives)}${setText(selectionSet)}`;
  }
  if (node.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${node.kind} in an executable document`);
  const { operation, name, variableDefinitions = [], directives, selectionSet } = node;
  const types = variableDefinitions.map(({ type }) => print(type)).sort();
  return `${operation} ${name?.value ?? ''}(${types})${directivesText(directives)}${setText(selectionSet)}`;
}

function setText(set: SelectionSetNode | undefined): string {
  if (set === undefined) return '';
  // The same field under many aliases, as often as there are things to ask for, is one.
  const texts = new Set(set.selections.map(selectionText));
  texts.delete('__typename');
  return `{${[...texts].sort().join(' ')}}`;
}

function selectionText(node: SelectionNode): string {
  const directives = directivesText(node.directives);
  if (node.kind === Kind.FRAGMENT_SPREAD) return `...${node.name.value}${directives}`;
  const set = setText(node.selectionSet);
  if (node.kind === Kind.FIELD) return `${node.name.value}${argumentsText(node.arguments)}${directives}${set}`;
  return `... on ${node.typeCondition?.name.value ?? ''}${directives}${set}`;
}

const directivesText = (directives: readonly DirectiveNode[] = []) =>
  directives.map(({ name, arguments: given }) => ` @${name.value}${argumentsText(given)}`).join('');

const argumentsText = (given: DirectiveNode['arguments'] = []) =>
  given.length === 0 ? '' : `(${given.map(({ name }) => name.value).sort()})`;
