import {
  argumentOf,
  directiveOf,
  type Element,
  elementsOf,
  LINE_DIRECTIVES,
  LINES_IDENTITY,
  type LineDirective,
  lineDirective,
  linkedDirective,
  majorOfDirective,
  schemaDirectives,
  textArgument,
} from '@tributary/service-kit/sdl';
import { print } from 'graphql';
import { countedAs, type Finding } from '../finding.ts';
import { placeOf } from '../formats/text.ts';
import type { SubgraphSource } from '../subgraphs.ts';
import { type ParsedSubgraph, parsedSubgraphs } from './parsed-subgraphs.ts';
import { placeOfElement } from './place-of-element.ts';

/**
 * What composition would not say of `@since`, `@until` and `@sunset`; to be asked before composing:
 *
 * - LINES_NOT_COMPOSED: a subgraph uses one that does not reach the supergraph, where it is lost without a word
 * - LINE_RANGE_INVALID: no major, or none from `@since` to `@until`
 * - LINE_RANGE_DISAGREES, SUNSET_DISAGREES: subgraphs that say different things of one element, of which composition
 *   takes one
 */
export function lineDirectiveFindings(subgraphs: readonly SubgraphSource[]): Finding[] {
  const parsed = parsedSubgraphs(subgraphs);
  return [...parsed.flatMap(notComposed), ...parsed.flatMap(invalidRanges), ...disagreements(parsed)];
}

const FEDERATION_IDENTITY = 'https://specs.apollo.dev/federation';
const DIRECTIVES = Object.keys(LINE_DIRECTIVES) as LineDirective[];

function notComposed(subgraph: ParsedSubgraph): Finding[] {
  const { document } = subgraph;
  const compose = linkedDirective(document, FEDERATION_IDENTITY, 'composeDirective');
  const composed = compose === undefined ? [] : schemaDirectives(document, compose);
  return DIRECTIVES.flatMap((directive): Finding[] => {
    const linked = lineDirective(document, directive);
    const name = linked ?? directive;
    if (linked !== undefined && composed.some((one) => textArgument(one, 'name') === `@${linked}`)) return [];
    const uses = [...elementsOf(document)].filter(([, element]) => {
      const used = directiveOf(element, name);
      // A subgraph may have a directive of its own by that name.
      return used !== undefined && (linked !== undefined || argumentOf(used, LINE_DIRECTIVES[directive]) !== undefined);
    });
    const [first] = uses;
    if (first === undefined) return [];
    const missing = linked === undefined ? `@link to ${LINES_IDENTITY}` : `@composeDirective(name: "@${name}")`;
    return [
      {
        severity: 'error',
        code: 'LINES_NOT_COMPOSED',
        message: `${subgraph.name} uses @${name} (${countedAs(uses.length, 'time')}) without ${missing}: it would not reach the supergraph.`,
        hint: 'graph line --help shows what the schema of a subgraph needs for it.',
        coordinate: first[0],
        ...placeOfElement(subgraph, first[1]),
      },
    ];
  });
}

function invalidRanges(subgraph: ParsedSubgraph): Finding[] {
  const [sinceName, untilName] = [lineDirective(subgraph.document, 'since'), lineDirective(subgraph.document, 'until')];
  return [...elementsOf(subgraph.document)].flatMap(([coordinate, element]): Finding[] => {
    const [since, until] = [directiveOf(element, sinceName), directiveOf(element, untilName)];
    const refuse = (message: string): Finding[] => [
      {
        severity: 'error',
        code: 'LINE_RANGE_INVALID',
        message,
        coordinate,
        ...placeOfElement(subgraph, element),
      },
    ];
    const [first, last] = [since, until].map((one) => (one === undefined ? undefined : majorOfDirective(one)));
    if (Number.isNaN(first) || Number.isNaN(last)) return refuse('A major is a whole number from 1.');
    if (first === undefined || last === undefined || first <= last) return [];
    return refuse(`It is in no line: since ${first}, and until ${last}.`);
  });
}

interface Statement {
  subgraph: ParsedSubgraph;
  coordinate: string;
  element: Element;
  /** As it is written, with its arguments in one order. */
  text: string;
}

function disagreements(subgraphs: readonly ParsedSubgraph[]): Finding[] {
  return DIRECTIVES.flatMap((directive) => {
    const statements = subgraphs.flatMap((subgraph) => statementsOf(subgraph, directive));
    const byCoordinate = Map.groupBy(statements, ({ coordinate }) => coordinate);
    return [...byCoordinate.values()].flatMap(([first, ...others]): Finding[] => {
      const other = others.find(({ text }) => text !== first?.text);
      if (first === undefined || other === undefined) return [];
      const [place, otherPlace] = [first, other].map(({ subgraph, element }) => placeOfElement(subgraph, element));
      return [
        {
          severity: 'error',
          code: directive === 'sunset' ? 'SUNSET_DISAGREES' : 'LINE_RANGE_DISAGREES',
          message: `${placeOf(place as Finding)} says ${first.text}, ${placeOf(otherPlace as Finding)} says ${other.text}. The supergraph would have one of them.`,
          hint: 'Say the same in every subgraph that has the element, or in one of them alone.',
          coordinate: other.coordinate,
          ...otherPlace,
        },
      ];
    });
  });
}

const statementsOf = (subgraph: ParsedSubgraph, directive: LineDirective): Statement[] =>
  [...elementsOf(subgraph.document)].flatMap(([coordinate, element]) => {
    const used = directiveOf(element, lineDirective(subgraph.document, directive));
    if (used === undefined) return [];
    const given = [...(used.arguments ?? [])].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
    const text = `@${directive}(${given.map((argument) => print(argument)).join(', ')})`;
    return [{ subgraph, coordinate, element, text }];
  });
