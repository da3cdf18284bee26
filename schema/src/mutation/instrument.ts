import { type ESTree, parseSync } from 'rolldown/utils';
import { childrenOf } from '../documents/walk-syntax.ts';

/** How a module may be wrong. */
export interface Mutant {
  file: string;
  line: number;
  /** The line, without the space around it. */
  code: string;
  /** What of it is negated or left out. */
  source: string;
}

const COMPARISONS: readonly string[] = ['===', '!==', '<', '<=', '>', '>='];
/** Methods whose argument says which items count. */
const PREDICATED: readonly string[] = ['every', 'filter', 'find', 'some'];

/**
 * A module in which each condition can be negated, and each `yield` be left out: what `mutants.negate` and `mutants.isLeftOut`
 * of globalThis say at run time, by the mutant's number.
 *
 * @param add gives the number
 */
export function instrument(file: string, text: string, add: (mutant: Mutant) => number): string {
  const { program } = parseSync(file, text, { lang: 'ts', preserveParens: false });
  const [before, after] = [new Map<number, string>(), new Map<number, string>()];
  const lines = text.split('\n');
  const numbered = ({ start, end }: ESTree.Node) => {
    const line = text.slice(0, start).split('\n').length;
    return add({ file, line, code: lines[line - 1]?.trim() ?? '', source: text.slice(start, end) });
  };
  const negatable = (node: ESTree.Node) => {
    insert(before, node.start, `mutants.negate(${numbered(node)}, `);
    visitChildren(node);
    insert(after, node.end, ')');
  };
  /** Of `a && b`, each of them. */
  const condition = (node: ESTree.Node): void => {
    if (node.type === 'LogicalExpression' && node.operator !== '??') {
      condition(node.left);
      condition(node.right);
    } else negatable(node);
  };
  const visit = (node: ESTree.Node): void => {
    if (isCondition(node)) condition(node);
    else if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') {
      condition(node.test);
      visit(node.consequent);
      if (node.alternate) visit(node.alternate);
    } else {
      const isYield = node.type === 'ExpressionStatement' && node.expression.type === 'YieldExpression';
      if (isYield) insert(before, node.start, `{ if (!mutants.isLeftOut(${numbered(node)})) `);
      visitChildren(node);
      if (isYield) insert(after, node.end, ' }');
    }
  };
  const visitChildren = (node: ESTree.Node): void => {
    const predicate = predicateOf(node);
    for (const child of childrenOf(node)) if (child !== predicate) visit(child);
    if (predicate !== undefined) condition(predicate.body as ESTree.Expression);
  };
  visit(program);
  return withInsertions(text, before, after);
}

const isCondition = (node: ESTree.Node): boolean =>
  (node.type === 'LogicalExpression' && node.operator !== '??') ||
  (node.type === 'BinaryExpression' && COMPARISONS.includes(node.operator)) ||
  (node.type === 'UnaryExpression' && node.operator === '!');

/** The arrow function that a call of `filter` and the like is given, where it is an expression. */
function predicateOf(node: ESTree.Node): ESTree.ArrowFunctionExpression | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined;
  const { property } = node.callee;
  const [argument] = node.arguments;
  const isPredicated = property.type === 'Identifier' && PREDICATED.includes(property.name);
  const isExpression = argument?.type === 'ArrowFunctionExpression' && argument.body.type !== 'BlockStatement';
  return isPredicated && isExpression ? argument : undefined;
}

function insert(at: Map<number, string>, offset: number, text: string): void {
  at.set(offset, `${at.get(offset) ?? ''}${text}`);
}

function withInsertions(text: string, before: ReadonlyMap<number, string>, after: ReadonlyMap<number, string>): string {
  let result = '';
  let last = 0;
  for (const offset of [...new Set([...before.keys(), ...after.keys()])].sort((one, other) => one - other)) {
    result += text.slice(last, offset) + (after.get(offset) ?? '') + (before.get(offset) ?? '');
    last = offset;
  }
  return result + text.slice(last);
}
