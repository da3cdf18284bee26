import { apiSchema } from './api-schema.ts';
import { CANARY, CARD_TOKEN, EMAIL, PUBLIC, scalars } from './canary.ts';
import { goodValues, ways } from './good-values.ts';
import { type Call, hostileCalls, hostileSubscriptions, type Operation } from './hostile-calls.ts';
import type { PopulatedGraph } from './populated-graph.ts';
import { VIEWERS } from './viewers.ts';
import { errorsIn, type OperationKind, type WayIn, waysIn } from './ways-in.ts';

/** What is said of products is public, and so in events too. */
const OF_PRODUCTS = /^(?:Mutation\.(?:create|update)Product|Query\.product)/;
const PLAIN = 'POST';

/**
 * Every operation with a canary at each place that takes a text, by everybody; the last one of each field also by every
 * other way in. Gives the errors that came back, by the way that was gone.
 */
export async function askEverything(populated: PopulatedGraph): Promise<Map<string, string[]>> {
  const { ask, graph, headersOf, things } = populated;
  const known = { good: goodValues(things), scalars, cursors: [EMAIL, CARD_TOKEN] };
  const schema = await apiSchema(ask);
  const byPost: string[] = [];
  const lastOf = new Map<string, Operation>();
  for (const call of hostileCalls(schema, known, ways)) {
    for (const operation of operationsOf(call)) {
      lastOf.set(call.coordinate, operation);
      for (const viewer of VIEWERS) {
        const { errors } = await ask(operation.document, operation.variables, headersOf[viewer]);
        if (errors !== undefined) byPost.push(JSON.stringify(errors));
      }
    }
  }
  const refusals = new Map([[PLAIN, byPost]]);
  for (const way of waysIn(graph.gateway.url)) {
    const asked = [...lastOf].filter(([coordinate]) => way.kinds.includes(kindOf(coordinate)));
    const subscribed = [...hostileSubscriptions(schema, known)].flatMap(({ byLiterals }) => byLiterals);
    const operations = [...asked.map(([, operation]) => operation), ...(isLive(way) ? subscribed : [])];
    refusals.set(way.name, await askBy(way, operations, headersOf));
  }
  return refusals;
}

const isLive = ({ kinds }: WayIn) => kinds.includes('subscription');

/** Each by one of them; of neighbours each by another one. */
async function askBy(way: WayIn, operations: readonly Operation[], headersOf: PopulatedGraph['headersOf']) {
  const refusals: string[] = [];
  for (const [index, operation] of operations.entries()) {
    const viewer = VIEWERS[index % VIEWERS.length] ?? 'anonymous';
    const errors = errorsIn(await way.send(operation, headersOf[viewer]));
    refusals.push(...errors.map((each) => JSON.stringify(each)));
  }
  return refusals;
}

/** Those of its operations that have a canary. */
const operationsOf = ({ coordinate, byVariables, byLiterals }: Call): Operation[] =>
  [byVariables ?? byLiterals, byLiterals]
    .filter((operation) => JSON.stringify(operation).includes(CANARY))
    .map((operation) =>
      OF_PRODUCTS.test(coordinate) ? JSON.parse(JSON.stringify(operation).replaceAll(CANARY, PUBLIC)) : operation,
    );

const kindOf = (coordinate: string): OperationKind => (coordinate.startsWith('Mutation.') ? 'mutation' : 'query');
