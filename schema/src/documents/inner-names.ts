import type { ESTree } from 'rolldown/utils';
import { walkSyntax } from './walk-syntax.ts';

/** Every name that something inside of a module's statements binds: where it is used, it may not be the module's own. */
export function innerNames(program: ESTree.Program): Set<string> {
  const names = new Set<string>();
  const own = new Set<ESTree.Node>(program.body.flatMap(declarationsOf));
  walkSyntax(program, (node) => {
    for (const pattern of boundBy(node, own)) addNames(pattern, names);
    return true;
  });
  return names;
}

/** The declarations that are the module's own. */
function declarationsOf(statement: ESTree.Node): ESTree.Node[] {
  if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration')
    return statement.declaration === null ? [] : declarationsOf(statement.declaration);
  return statement.type === 'VariableDeclaration' ? statement.declarations : [statement];
}

function boundBy(node: ESTree.Node, own: ReadonlySet<ESTree.Node>): (ESTree.Node | null | undefined)[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return own.has(node) ? [] : [node.id];
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return [...node.params, ...(own.has(node) ? [] : [node.id])];
    case 'ArrowFunctionExpression':
      return node.params;
    case 'ClassDeclaration':
    case 'ClassExpression':
      return own.has(node) ? [] : [node.id];
    case 'CatchClause':
      return [node.param];
    default:
      return [];
  }
}

function addNames(pattern: ESTree.Node | null | undefined, names: Set<string>): void {
  switch (pattern?.type) {
    case 'Identifier':
      names.add(pattern.name);
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) addNames(element, names);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties)
        addNames(property.type === 'RestElement' ? property.argument : property.value, names);
      return;
    case 'AssignmentPattern':
      addNames(pattern.left, names);
      return;
    case 'RestElement':
      addNames(pattern.argument, names);
      return;
    case 'TSParameterProperty':
      addNames(pattern.parameter, names);
      return;
    default:
  }
}
