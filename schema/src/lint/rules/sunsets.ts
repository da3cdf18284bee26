import { nearest } from '@tributary/service-kit';
import { argumentOf, textArgument } from '@tributary/service-kit/sdl';
import type { ConstDirectiveNode } from 'graphql';
import { directiveOf } from '../directive-of.ts';
import { hiddenCoordinates } from '../hidden-coordinates.ts';
import type { LintSubgraph } from '../lint-subgraph.ts';
import type { Problem, Rule } from '../rule.ts';

export const sunsets: Rule<never> = {
  name: 'sunsets',
  severity: 'error',
  summary:
    'Where the graph knows @sunset: what is deprecated says until when, what replaces it, and who answers for it.',
  options: {},
  *check({ subgraph, subgraphs }) {
    if (!subgraphs.some(({ directives }) => directives.has('sunset'))) return;
    const known = knownCoordinates(subgraphs);
    for (const element of subgraph.elements) {
      const { node, coordinate } = element;
      const [deprecated, sunset] = [directiveOf(node, 'deprecated'), directiveOf(node, 'sunset')];
      if (sunset !== undefined) {
        for (const problem of problemsOf(sunset, coordinate, known)) yield { element, ...problem };
        if (deprecated !== undefined) continue;
        const message = `${coordinate} has a sunset and is not deprecated.`;
        yield { element, at: sunset, message, hint: 'Deprecate it with @deprecated(reason:).' };
      } else if (deprecated !== undefined) {
        const message = `${coordinate} is deprecated, and nobody knows until when it stays.`;
        yield {
          element,
          at: deprecated,
          message,
          hint: 'Add @sunset(on: "2027-01-31", replacement: "Type.field", owner: "team").',
        };
      }
    }
  },
};

function* problemsOf(
  sunset: ConstDirectiveNode,
  coordinate: string,
  known: readonly string[],
): Iterable<Omit<Problem, 'element'>> {
  for (const name of ['on', 'replacement', 'owner']) {
    if ((textArgument(sunset, name) ?? '').trim() !== '') continue;
    yield {
      at: sunset,
      message: `The sunset of ${coordinate} lacks ${name}.`,
      hint: HINTS[name as keyof typeof HINTS],
    };
  }
  const on = textArgument(sunset, 'on') ?? '';
  if (on !== '' && !isIsoDate(on)) {
    const message = `The sunset of ${coordinate} is on ${on}, which is no date.`;
    yield { at: argumentOf(sunset, 'on') ?? sunset, message, hint: HINTS.on };
  }
  const replacement = textArgument(sunset, 'replacement') ?? '';
  if (replacement !== '' && !known.includes(replacement)) {
    const near = nearest(replacement, known);
    const message = `${replacement}, which replaces ${coordinate}, is nothing that clients can see.`;
    const hint = near === undefined ? HINTS.replacement : `Did you mean ${near}?`;
    yield { at: argumentOf(sunset, 'replacement') ?? sunset, message, hint };
  }
}

const HINTS = {
  on: 'Write the day as an ISO date, on: "2027-01-31".',
  replacement: 'Name the coordinate to use instead, replacement: "User.displayName".',
  owner: 'Name who answers questions about it, owner: "team-users".',
} as const;

const isIsoDate = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

function knownCoordinates(subgraphs: readonly LintSubgraph[]): string[] {
  const hidden = hiddenCoordinates(subgraphs);
  const elements = subgraphs.flatMap(({ elements }) => elements);
  return [...new Set(elements.map(({ coordinate }) => coordinate))].filter((each) => !hidden.has(each));
}
