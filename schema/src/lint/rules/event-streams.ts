import { nearest } from '@tributary/service-kit';
import {
  argumentOf,
  EVENTS_IDENTITY,
  type EventStream,
  EventStreamError,
  eventStreamDirective,
  readEventStream,
  schemaDirectives,
  textArgument,
} from '@tributary/service-kit/sdl';
import { Kind } from 'graphql';
import { directiveOf } from '../directive-of.ts';
import type { FieldElement, LintSubgraph } from '../lint-subgraph.ts';
import { type DataFields, publishedEvents } from '../published-events.ts';
import type { Problem, Rule } from '../rule.ts';

type Found = Pick<Problem, 'message' | 'hint'>;

/** Of all that it finds the gateway would say nothing, or refuse the supergraph: no event would be heard. */
export const eventStreams: Rule<never> = {
  name: 'event-streams',
  severity: 'error',
  summary:
    '@eventStream reaches the supergraph, and names a key of the entity and events that are published with that data.',
  options: {},
  locked: true,
  *check({ subgraph, subgraphs }) {
    let events: ReadonlyMap<string, DataFields> | undefined;
    for (const element of subgraph.elements) {
      const directive = directiveOf(element.node, 'eventStream');
      // A subgraph may have a directive of its own by that name.
      if (element.kind !== 'field' || directive === undefined || argumentOf(directive, 'types') === undefined) continue;
      if (element.parent.name !== subgraph.roots.subscription) {
        yield { element, at: directive, ...ignoredField(element, subgraph) };
        continue;
      }
      const stream = streamOf(element, directive);
      events ??= publishedEvents(subgraphs);
      const found =
        stream instanceof EventStreamError
          ? [{ message: `${element.coordinate}: ${stream.message}.`, hint: HINT }]
          : [keyProblem(element, stream, subgraph, subgraphs), ...eventProblems(element, stream, events)];
      for (const problem of [notComposed(element, subgraph), ...found])
        if (problem !== undefined) yield { element, at: directive, ...problem };
    }
  },
};

const HINT = 'docs/subscriptions.md says what it has to have.';

function streamOf(...[{ node }, directive]: [FieldElement, Parameters<typeof readEventStream>[1]]) {
  try {
    return readEventStream(node, directive);
  } catch (error) {
    if (error instanceof EventStreamError) return error;
    throw error;
  }
}

const ignoredField = ({ coordinate }: FieldElement, { roots }: LintSubgraph): Found => ({
  message: `${coordinate} is no field of ${roots.subscription}: the gateway ignores its @eventStream.`,
  hint: `Take it away, or move the field to ${roots.subscription}.`,
});

function notComposed({ coordinate }: FieldElement, { document }: LintSubgraph): Found | undefined {
  const linked = eventStreamDirective(document);
  const composed = schemaDirectives(document, 'composeDirective').map((one) => textArgument(one, 'name'));
  if (linked !== undefined && composed.includes(`@${linked}`)) return undefined;
  const missing = linked === undefined ? `@link(url: "${EVENTS_IDENTITY}/v1.0")` : '@composeDirective';
  return {
    message: `The @eventStream of ${coordinate} would not reach the supergraph: the schema has no ${missing} for it.`,
    hint: `Add ${linked === undefined ? missing : `@composeDirective(name: "@${linked}")`} to the schema.`,
  };
}

function keyProblem(
  element: FieldElement,
  { key }: EventStream,
  { types }: LintSubgraph,
  subgraphs: readonly LintSubgraph[],
): Found | undefined {
  const type = element.type.kind === Kind.NON_NULL_TYPE ? element.type.type : element.type;
  const entity = type.kind === Kind.NAMED_TYPE ? type.name.value : '';
  // An @interfaceObject is an interface elsewhere, and so in the supergraph.
  if (!types.has(entity) || subgraphs.some((each) => (each.types.get(entity)?.kind ?? 'object') !== 'object')) {
    return {
      message: `${element.coordinate} is not of an object type: the gateway would refuse the supergraph.`,
      hint: 'An event is about one entity: give the field its type, without a list.',
    };
  }
  const names = [...key.keys()].sort().join(' ');
  const keys = types.get(entity)?.keys.filter(({ resolvable }) => resolvable) ?? [];
  if (keys.some(({ text }) => text === names)) return undefined;
  const [first] = keys;
  return {
    message: `${element.coordinate} hears of ${entity} by { ${names} }, which is no key that this subgraph resolves.`,
    hint: first === undefined ? `Give ${entity} a key.` : `Name all fields of a key, as "${first.text}".`,
  };
}

function eventProblems(
  { coordinate }: FieldElement,
  { types, key, where, caller }: EventStream,
  events: ReadonlyMap<string, DataFields>,
): Found[] {
  if (events.size === 0) return [];
  const named = new Set([...key.values(), ...where.keys(), ...(caller === undefined ? [] : [caller])]);
  return types.flatMap((type): Found[] => {
    if (!events.has(type)) {
      const message = `${coordinate} hears ${type}, and no subgraph publishes that.`;
      return [{ message, hint: didYouMean(type, [...events.keys()]) ?? 'npm run generate writes what is published.' }];
    }
    const fields = events.get(type);
    if (fields === undefined) return [];
    return [...named.difference(fields)].map((name) => ({
      message: `${coordinate} reads ${name} of the data of ${type}, which has no such field.`,
      hint: didYouMean(name, [...fields]) ?? `It has ${[...fields].join(', ')}.`,
    }));
  });
}

function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}
