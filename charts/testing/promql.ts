import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What is known of a metric: of which kind it is, where that is known, and every label that its series may have. */
export interface MetricContract {
  readonly labels: ReadonlySet<string>;
  readonly kind?: 'counter' | 'gauge' | 'histogram' | undefined;
  /** Of labels whose values are known, all of them. */
  readonly values?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

/** Series with at most these labels; a number or a string; or what nothing is known of, as its metric is unknown. */
export type Result = ReadonlySet<string> | 'scalar' | 'unknown';

export interface CheckedPromql {
  /** Sentences, in the order of the expression. */
  readonly problems: string[];
  readonly metrics: ReadonlySet<string>;
  /** Labels that `label_replace` and `label_join` write. */
  readonly rewritten: ReadonlySet<string>;
  readonly result: Result;
}

/** What one expression is checked with. */
interface Check {
  readonly text: string;
  readonly contractOf: (metric: string) => MetricContract | undefined;
  readonly problems: string[];
  readonly metrics: Set<string>;
  readonly rewritten: Set<string>;
}

/**
 * Reads a PromQL expression as Prometheus would, and says what cannot be right in it: a syntax error, a metric that
 * nobody exports, a label that it does not have (in selectors, `by`, `without`, `on`, `ignoring`, `group_left`,
 * `label_replace`), the rate of a gauge, and sides of an operator that never match as their labels differ.
 */
export function checkPromql(text: string, contractOf: Check['contractOf']): CheckedPromql {
  const tree = parser.parse(text);
  const check: Check = { text, contractOf, problems: [], metrics: new Set(), rewritten: new Set() };
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) check.problems.push(`syntax error at ${from}: ${JSON.stringify(text.slice(from, from + 20))}`);
    },
  });
  const top = tree.topNode.firstChild;
  if (check.problems.length > 0 || top === null) return { ...check, result: 'unknown' };
  const result = resultOf(top, check);
  return { ...check, result };
}

/** The labels of what a part of an expression evaluates to. */
function resultOf(node: SyntaxNode, check: Check): Result {
  switch (node.name) {
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return 'scalar';
    case 'VectorSelector':
      return selected(node, check);
    case 'AggregateExpr':
      return aggregated(node, check);
    case 'FunctionCall':
      return called(node, check);
    case 'BinaryExpr':
      return combined(node, check);
    default: {
      // Parentheses, ranges, subqueries, offsets and signs change no label.
      const inner = childrenOf(node).find(isExpression);
      return inner === undefined ? 'unknown' : resultOf(inner, check);
    }
  }
}

function selected(node: SyntaxNode, check: Check): Result {
  const matchers = descendants(node, 'UnquotedLabelMatcher').map((matcher) => {
    const [label, operator, value] = childrenOf(matcher).map((part) => sliceOf(part, check));
    return { label: label as string, operator: operator as string, value: unquoted(value as string) };
  });
  const identifier = node.getChild('Identifier');
  const named = matchers.find(({ label, operator }) => label === '__name__' && operator === '=');
  const metric = identifier === null ? named?.value : sliceOf(identifier, check);
  if (metric === undefined) {
    check.problems.push(`${sliceOf(node, check)} names no metric`);
    return 'unknown';
  }
  check.metrics.add(metric);
  for (const { operator, value } of matchers) if (operator.includes('~')) checkPattern(value, check);
  const contract = check.contractOf(metric);
  if (contract === undefined) {
    check.problems.push(`nobody exports ${metric}`);
    return 'unknown';
  }
  const labels = matchers.map(({ label }) => label).filter((label) => label !== '__name__');
  checkLabels(labels, contract.labels, metric, check);
  for (const { label, operator, value } of matchers) {
    if (operator === '=' && contract.values?.get(label)?.has(value) === false) {
      check.problems.push(`${metric} never has ${label}="${value}"`);
    }
  }
  return contract.labels;
}

/** RE2 has no look-around or back references; the rest is close enough to read it as JavaScript's. */
function checkPattern(pattern: string, { problems }: Check): void {
  try {
    new RegExp(pattern, 'u');
    if (/\(\?[=!<]/.test(pattern)) problems.push(`RE2 knows no look-around: ${pattern}`);
  } catch {
    problems.push(`no regular expression: ${pattern}`);
  }
}

const KEEPING = new Set(['Topk', 'Bottomk', 'LimitK', 'LimitRatio']);

function aggregated(node: SyntaxNode, check: Check): Result {
  const operands = argumentsOf(node, check);
  const inner = operands.at(-1)?.result ?? 'unknown';
  const operation = node.getChild('AggregateOp')?.firstChild?.name ?? '';
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier === null ? [] : labelsIn(modifier, check);
  if (typeof inner === 'string') return inner === 'scalar' ? 'unknown' : inner;
  checkLabels(labels, inner, sliceOf(node.getChild('FunctionCallBody') ?? node, check), check);
  if (KEEPING.has(operation)) return inner;
  const kept = modifier?.getChild('Without') ? minus(inner, labels) : new Set(labels);
  return operation === 'CountValues' ? plus(kept, [unquoted(operands[0]?.text ?? '')]) : kept;
}

const OF_COUNTERS = new Set(['rate', 'irate', 'increase', 'resets']);
const OF_GAUGES = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);
/** They give a vector without labels where they have no argument. */
const OF_NOTHING = new Set(['vector', 'hour', 'minute', 'month', 'year', 'day_of_month', 'day_of_week', 'day_of_year']);

function called(node: SyntaxNode, check: Check): Result {
  const name = sliceOf(node.getChild('FunctionIdentifier') ?? node, check);
  const operands = argumentsOf(node, check);
  checkKinds(name, node, check);
  if (name === 'time' || name === 'pi' || name === 'scalar') return 'scalar';
  const labels = operands.find(({ result }) => result !== 'scalar')?.result;
  if (labels === undefined) return OF_NOTHING.has(name) ? new Set() : 'scalar';
  if (typeof labels === 'string') return labels;
  const texts = operands.map(({ text }) => unquoted(text));
  if (name === 'histogram_quantile') {
    checkLabels(['le'], labels, texts[1] ?? '', check);
    return minus(labels, ['le']);
  }
  if (name === 'label_replace' || name === 'label_join') {
    const sources = name === 'label_join' ? texts.slice(3) : texts.slice(3, 4);
    checkLabels(sources, labels, texts[0] ?? '', check);
    check.rewritten.add(texts[1] ?? '');
    return plus(labels, texts.slice(1, 2));
  }
  return labels;
}

function checkKinds(name: string, node: SyntaxNode, check: Check): void {
  const wanted = OF_COUNTERS.has(name) ? 'counter' : OF_GAUGES.has(name) ? 'gauge' : undefined;
  const matrix = node.getChild('FunctionCallBody')?.getChild('MatrixSelector');
  const identifier = matrix?.getChild('VectorSelector')?.getChild('Identifier');
  if (wanted === undefined || !identifier) return;
  const metric = sliceOf(identifier, check);
  const kind = check.contractOf(metric)?.kind;
  if (kind !== undefined && (kind === 'gauge') !== (wanted === 'gauge')) {
    check.problems.push(`${name}() of ${metric}, which is a ${kind}`);
  }
}

const SET_OPERATORS = new Set(['And', 'Or', 'Unless']);

function combined(node: SyntaxNode, check: Check): Result {
  const [left, right] = childrenOf(node)
    .filter(isExpression)
    .map((side) => ({ text: sliceOf(side, check), result: resultOf(side, check) }));
  if (left === undefined || right === undefined) return 'unknown';
  if (left.result === 'scalar' || right.result === 'scalar') {
    return left.result === 'scalar' ? right.result : left.result;
  }
  if (left.result === 'unknown' || right.result === 'unknown') return 'unknown';
  const operator = childrenOf(node).find(({ name }) => SET_OPERATORS.has(name))?.name;
  const matching = node.getChild('MatchingModifierClause');
  const [labels = [], included = []] = (matching?.getChildren('GroupingLabels') ?? []).map((list) =>
    labelsIn(list, check),
  );
  if (operator === 'Or') return plus(left.result, right.result);
  const [one, other] = matching?.getChild('GroupRight') ? [right, left] : [left, right];
  if (matching?.getChild('On')) {
    for (const { text, result } of [one, other]) checkLabels(labels, result as Set<string>, text, check);
  } else {
    checkLabels(labels, plus(left.result, right.result), sliceOf(node, check), check);
    const grouped = matching?.getChild('GroupLeft') ?? matching?.getChild('GroupRight');
    checkSameLabels(minus(one.result as Set<string>, labels), minus(other.result as Set<string>, labels), {
      node,
      check,
      // Of the many, labels that the other side lacks would match nothing either.
      hint: grouped ? 'ignoring() leaves them' : 'on() or ignoring() is missing',
    });
  }
  if (operator !== undefined) return left.result;
  checkLabels(included, other.result as Set<string>, other.text, check);
  if (matching?.getChild('GroupLeft') || matching?.getChild('GroupRight')) {
    return plus(one.result as Set<string>, included);
  }
  return matching?.getChild('On') ? new Set(labels) : minus(left.result, labels);
}

function checkSameLabels(
  one: ReadonlySet<string>,
  other: ReadonlySet<string>,
  { node, check, hint }: { node: SyntaxNode; check: Check; hint: string },
): void {
  const different = [...one.symmetricDifference(other)];
  if (different.length === 0) return;
  check.problems.push(`the sides never match: only one has ${different.join(', ')} (${hint}): ${sliceOf(node, check)}`);
}

function checkLabels(labels: readonly string[], known: ReadonlySet<string>, of: string, { problems }: Check): void {
  for (const label of labels) if (!known.has(label)) problems.push(`${of} has no label ${label}`);
}

const argumentsOf = (node: SyntaxNode, check: Check) =>
  childrenOf(node.getChild('FunctionCallBody') ?? node)
    .filter(isExpression)
    .map((argument) => ({ text: sliceOf(argument, check), result: resultOf(argument, check) }));

const labelsIn = (node: SyntaxNode, check: Check) =>
  descendants(node, 'LabelName').map((label) => sliceOf(label, check));

const isExpression = ({ name }: SyntaxNode) =>
  (/(Expr|Call|Selector|Literal)$/.test(name) && !name.includes('Duration')) || name === 'NumberDurationLiteral';

const sliceOf = ({ from, to }: SyntaxNode, { text }: Check): string => text.slice(from, to);

const unquoted = (text: string): string =>
  /^["']/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text.replaceAll('`', '');

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

const descendants = (node: SyntaxNode, name: string): SyntaxNode[] =>
  childrenOf(node).flatMap((child) => (child.name === name ? [child] : descendants(child, name)));

const plus = (set: ReadonlySet<string>, more: Iterable<string>): Set<string> => set.union(new Set(more));
const minus = (set: ReadonlySet<string>, less: Iterable<string>): Set<string> => set.difference(new Set(less));
