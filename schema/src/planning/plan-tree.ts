import type { FetchStep, PlanStep } from './plan-steps.ts';

/**
 * The plan for a terminal:
 *
 * ```
 * sequence
 * ├─ fetch orders
 * │    { order(id: $id) { __typename id buyer { __typename id } } }
 * └─ fetch users at order.buyer, by ... on User { id }
 *      { ... on User { name } }
 * ```
 */
export const planTree = (step: PlanStep): string => linesOf(step).join('\n');

function linesOf(step: PlanStep): string[] {
  switch (step.kind) {
    case 'fetch':
      return [fetchTitle(step), ...step.fields.split('\n').map((line) => `   ${line}`)];
    case 'condition':
      return [
        `if ${step.variable}`,
        ...branches([
          ...(step.whenTrue === undefined ? [] : [labelled('true', step.whenTrue)]),
          ...(step.whenFalse === undefined ? [] : [labelled('false', step.whenFalse)]),
        ]),
      ];
    default:
      return [step.kind, ...branches(step.steps.map(linesOf))];
  }
}

const fetchTitle = ({ subgraph, path, by }: FetchStep): string =>
  [`fetch ${subgraph}`, ...(path === '' ? [] : [` at ${path}`]), ...(by === '' ? [] : [`, by ${by}`])].join('');

function labelled(label: string, step: PlanStep): string[] {
  const [first, ...others] = linesOf(step);
  return [`${label}: ${first}`, ...others];
}

const branches = (children: readonly string[][]): string[] =>
  children.flatMap(([first, ...others], index) => {
    const isLast = index === children.length - 1;
    return [`${isLast ? '└─' : '├─'} ${first}`, ...others.map((line) => `${isLast ? '  ' : '│ '} ${line}`)];
  });
