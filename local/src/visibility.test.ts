import { createServiceIdentityIssuer, type Identity, type ServiceIdentityIssuer } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLocalSecrets } from './local-secrets.ts';
import { apiSchema } from './testing/api-schema.ts';
import { fillRareFields } from './testing/fill-rare-fields.ts';
import { type Ask, type GraphAnswer, graphClient } from './testing/graph-client.ts';
import { ADDRESS, mutationRows, ownMutations, publicMutations } from './testing/mutation-table.ts';
import { type PopulatedGraph, startPopulatedGraph } from './testing/populated-graph.ts';
import { VIEWERS, type Viewer } from './testing/viewers.ts';
import { mutationFor, resolvedFields, selectionOf, shownIn, withThings } from './testing/visibility-queries.ts';
import {
  type Audience,
  decidedByDomain,
  impersonalRoots,
  plainValues,
  rootRows,
  type SeenThings,
  serviceRoots,
  subscriptionRows,
  type TypeRow,
  typeRows,
} from './testing/visibility-table.ts';
import { someValue } from './testing/whole-answers.ts';

const PORT = 14_220;
/** As `limits` of the gateway has it. */
const MAX_ALIASES = 15;
const words = (text: string | undefined) => text?.split(' ') ?? [];

describe('who sees what', () => {
  let populated: PopulatedGraph;
  let things: SeenThings;
  let schema: GraphQLSchema;
  /** Of the version lines that rows name. */
  const lines = new Map<number, { ask: Ask; schema: GraphQLSchema }>();
  let gateway: ServiceIdentityIssuer;
  beforeAll(async () => {
    populated = await startPopulatedGraph(PORT);
    things = { ...populated.things, ...(await fillRareFields(populated.ask, populated.graph, populated.things)) };
    schema = await apiSchema(populated.ask);
    for (const line of new Set(typeRows.flatMap((row) => row.line ?? []))) {
      const ask = graphClient(`${populated.graph.gateway.url}/v${line}`);
      lines.set(line, { ask, schema: await apiSchema(ask) });
    }
    const { privateKey } = await loadLocalSecrets(populated.dataFolder).keysOf('gateway');
    gateway = await createServiceIdentityIssuer('gateway', privateKey);
  });
  afterAll(() => populated[Symbol.asyncDispose]());

  const askAs = async (viewer: Viewer, query: string, fragment = '', ask = populated.ask) => {
    const [operation, variables] = withThings(query, { ...things });
    const answer = await ask(`${operation} ${fragment}`, variables, populated.headersOf[viewer]);
    // A query that is wrong itself shows nothing to anybody.
    if (answer.data === undefined) throw new Error(`${query} was answered with ${JSON.stringify(answer.errors)}`);
    return answer;
  };

  it('is decided for every field of the schema', () => {
    const apis = [schema, ...[...lines.values()].map((line) => line.schema)];
    const undecided = apis
      .flatMap((api) => [...reachableFrom(api.getQueryType())])
      .filter((type) => type.name !== 'Query' && !words(plainValues).includes(type.name))
      .flatMap((type) => {
        const rows = typeRows.filter((row) => row.type === type.name);
        const decided = rows.flatMap((row) => row.fields.flatMap(([, names]) => words(names)));
        return namesOf(type)
          .filter((name) => !decided.includes(name))
          .map((name) => `${type.name}.${name}`);
      });
    const roots = [...rootRows.map(({ field }) => field), ...impersonalRoots.flatMap(([, names]) => words(names))];
    const mutations = [...mutationRows.map(({ mutation }) => mutation), ...words(`${ownMutations} ${publicMutations}`)];
    expect(undecided).toEqual([]);
    expect(new Set(roots)).toEqual(new Set(namesOf(schema.getQueryType())));
    expect(new Set(mutations)).toEqual(new Set(namesOf(schema.getMutationType())));
    const subscriptions = subscriptionRows.flatMap(([, names]) => words(names));
    expect(new Set(subscriptions)).toEqual(new Set(namesOf(schema.getSubscriptionType())));
  });

  it.each(rootRows)('$query shows the $shows to $seenBy', async ({ field, query, shows, seenBy }) => {
    const answers = await Promise.all(VIEWERS.map((viewer) => askAs(viewer, query)));
    const viewersOf = (is: (answer: GraphAnswer) => boolean) =>
      VIEWERS.filter((_, at) => is(answers[at] as GraphAnswer));
    expect(viewersOf(({ data }) => JSON.stringify(data).includes(populated.things[shows]))).toEqual(seenBy);
    expect(viewersOf((answer) => deniedIn(answer).length > 0)).toEqual(deniedTo(`Query.${field}`, seenBy));
  });

  it.each(impersonalRoots.flatMap(([seenBy, names]) => words(names).map((field) => ({ field, seenBy }))))(
    '$field is denied to all but $seenBy',
    async ({ field, seenBy }) => {
      for (const viewer of VIEWERS) {
        const isDenied = deniedTo(`Query.${field}`, seenBy).includes(viewer);
        expect(deniedIn(await askAs(viewer, `${field} { __typename }`)), viewer).toEqual(isDenied ? [field] : []);
      }
    },
  );

  it.each(typeRows)('the fields of $type by $ways.0', async (row) => {
    for (const names of chunksOf(fieldsOf(row), MAX_ALIASES)) {
      const api = row.line === undefined ? { ask: populated.ask, schema } : lines.get(row.line);
      if (api === undefined) throw new Error(`line ${row.line} is not asked`);
      const fields = selectionOf(api.schema, row.type, names);
      const named = `fragment seen on ${row.type} { ${fields} }`;
      for (const [spelled, fragment] of [[fields], [`... on ${row.type} { ...{ ${fields} } }`], ['...seen', named]]) {
        const seen = new Map<Viewer, Set<string>>(VIEWERS.map((viewer) => [viewer, new Set()]));
        for (const viewer of VIEWERS) {
          for (const way of row.ways) {
            const answer = await askAs(viewer, way.replace('…', String(spelled)), fragment, api.ask);
            const shown = shownIn(answer.data);
            for (const field of shown) seen.get(viewer)?.add(field);
            // Who comes to the object is told which of its fields the directives keep back.
            if (shown.length === 0) continue;
            const denied = expectedAudiences(row, names).filter(([name, seenBy]) =>
              deniedTo(name, seenBy).includes(viewer),
            );
            expect(new Set(deniedIn(answer)), `${viewer} by ${way}`).toEqual(
              new Set(denied.map(([name]) => name.replace(/.*\./, 'seen_'))),
            );
          }
        }
        expect(audiences(row, seen, names)).toEqual(Object.fromEntries(expectedAudiences(row, names)));
      }
    }
  });

  /** Asks each subgraph itself, in somebody's name. */
  async function* atSubgraphs() {
    for (const [name, { url }] of populated.graph.subgraphs) {
      const asks = async (asker: Asker, query: string, variables: object = {}) => {
        const authorization = `Bearer ${await gateway.issue(name, identityOf(populated, asker))}`;
        const headers = { 'content-type': 'application/json', authorization };
        const body = JSON.stringify({ query, variables });
        const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
        return (await response.json()) as GraphAnswer;
      };
      const { data } = await asks('anonymous', '{ _service { sdl } }');
      yield { name, asks, owned: resolvedFields(data._service.sdl) };
    }
  }

  it('is the same at each subgraph, asked for entities by the gateway', async () => {
    for await (const { name, asks, owned } of atSubgraphs()) {
      for (const row of typeRows) {
        const representations = row.entities?.(things).map((entity) => ({ __typename: row.type, ...entity }));
        if (representations === undefined) continue;
        const fields = fieldsOf(row).filter((field) => field !== 'id' && owned.get(row.type)?.has(field));
        if (fields.length === 0) continue;
        const seen = new Map<Asker, Set<string>>();
        for (const asker of ASKERS) {
          const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${row.type} { ${selectionOf(schema, row.type, fields)} } } }`;
          seen.set(asker, new Set(shownIn((await asks(asker, query, { representations })).data)));
        }
        expect(audiences(row, seen, fields), `${row.type} at ${name}`).toEqual(
          Object.fromEntries(expectedAudiences(row, fields)),
        );
        const toService = fields.filter((field) => seen.get('service')?.has(field));
        const expected = fields.filter((field) => words(row.service).includes(field));
        expect(toService, `${row.type} at ${name}, to a service`).toEqual(expected);
      }
    }
  });

  it('and asked for root fields, of which a service gets what is for everybody, and entities that it may see', async () => {
    const asked: string[] = [];
    for await (const { asks, owned } of atSubgraphs()) {
      const isOwn = (field: string) => owned.get('Query')?.has(field) === true;
      for (const { field, query, shows, seenBy } of rootRows.filter((row) => isOwn(row.field))) {
        const [operation, variables] = withThings(query, { ...things });
        const answers = await Promise.all(ASKERS.map((asker) => asks(asker, operation, variables)));
        const seen = ASKERS.filter((_, at) => JSON.stringify(answers[at]?.data ?? null).includes(things[shows]));
        expect(seen, query).toEqual(withService(seenBy, field));
        asked.push(field);
      }
      for (const [seenBy, names] of impersonalRoots) {
        for (const field of words(names).filter(isOwn)) {
          const answers = await Promise.all(ASKERS.map((asker) => asks(asker, `{ ${field} { __typename } }`)));
          const answered = ASKERS.filter((_, at) => answers[at]?.errors === undefined);
          expect(answered, field).toEqual(withService(seenBy, field));
          asked.push(field);
        }
      }
    }
    expect(new Set(asked)).toEqual(new Set(namesOf(schema.getQueryType())));
  });

  it('nor do the subgraphs change anything for a service, for nobody, or for a customer whose it is not', async () => {
    const before = await ownersThings(askAs);
    // Of these, the form alone is not enough to come as far as to who asks.
    const whole: Record<string, object> = { addAddress: ADDRESS, placeOrder: populated.orderInVain };
    const asked: string[] = [];
    for await (const { asks, owned } of atSubgraphs()) {
      for (const mutation of owned.get('Mutation') ?? []) {
        asked.push(mutation);
        if (words(publicMutations).includes(mutation)) continue;
        const row = mutationRows.find((one) => one.mutation === mutation);
        const field = schema.getMutationType()?.getFields()[mutation];
        if (field === undefined) throw new Error(`there is no Mutation.${mutation}`);
        const [argument] = field.args;
        const isRefusing = namesOf(getNamedType(field.type) as GraphQLObjectType).includes('errors');
        const selection = isRefusing ? 'errors { __typename }' : '__typename';
        const input = row?.input(things) ?? whole[mutation] ?? (argument && someValue(argument.type));
        const given = argument === undefined ? '' : '(input: $input)';
        const declared = argument === undefined ? '' : `($input: ${argument.type})`;
        const operation = `mutation ${declared} { ${mutation}${given} { ${selection} } }`;
        for (const asker of ['anonymous', 'service', 'other'] as const) {
          if (asker === 'other' && row === undefined) continue;
          const answer = await asks(asker, operation, { input });
          const notOther = row?.refusal === 'NotFoundError' ? 'NotFoundError' : 'FORBIDDEN';
          const expected = asker === 'other' ? notOther : 'UNAUTHENTICATED';
          expect(refusedWith(mutation, answer), `${mutation} for ${asker}`).toBe(expected);
        }
      }
    }
    expect(new Set(asked)).toEqual(new Set(namesOf(schema.getMutationType())));
    expect(await ownersThings(askAs)).toEqual(before);
  });

  it('and nobody changes what is not theirs', async () => {
    const before = await ownersThings(askAs);
    for (const { mutation, input, refusal } of mutationRows) {
      const given = input(populated.things);
      const asOther = await populated.ask(mutationFor(schema, mutation), { input: given }, populated.headersOf.other);
      expect(refusedWith(mutation, asOther), mutation).toBe(refusal);
      const foreign = Object.values(populated.things).filter((thing) => !Object.values(given).includes(thing));
      for (const thing of foreign) expect(JSON.stringify(asOther), mutation).not.toContain(thing);
      if (refusal !== DENIED) continue;
      const asOwner = await populated.ask(mutationFor(schema, mutation), { input: given }, populated.headersOf.owner);
      expect(refusedWith(mutation, asOwner), `${mutation} for the owner`).toBe(DENIED);
    }
    expect(await ownersThings(askAs)).toEqual(before);
  });

  it('and who is not signed in may ask for no mutation but those that are for everybody', async () => {
    const before = await ownersThings(askAs);
    const others = namesOf(schema.getMutationType()).filter((name) => !words(publicMutations).includes(name));
    expect(others.length).toBeGreaterThan(20);
    for (const mutation of others) {
      const [argument] = schema.getMutationType()?.getFields()[mutation]?.args ?? [];
      const variables = argument === undefined ? {} : { input: someValue(argument.type) };
      const { data, errors } = await populated.ask(mutationFor(schema, mutation), variables);
      const told = errors?.map(({ path, extensions }) => ({ path, code: extensions.code }));
      expect({ data, told }).toEqual({
        data: null,
        told: [{ path: [mutation], code: 'UNAUTHORIZED_FIELD_OR_TYPE' }],
      });
    }
    expect(await ownersThings(askAs)).toEqual(before);
  });

  it('also through the interface of what the domain refuses', async () => {
    const { ask, headersOf, things, orderInVain: input } = populated;
    const order = 'order { id shippingAddress { city } timeline { cause eventId } }';
    const refused = `errors { __typename ... on DomainError { code ... on OutOfStockError { ${order} } } }`;
    const query = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { ${refused} } }`;
    const asOwner = await ask(query, { input }, headersOf.owner);
    const [{ order: seen }] = asOwner.data.placeOrder.errors;
    expect(seen).toMatchObject({ id: things.outOfStockOrder, shippingAddress: { city: 'Berlin' } });
    expect(seen.timeline).toContainEqual({ cause: 'STOCK_REJECTED', eventId: null });
    const places = seen.timeline.map((_entry: object, at: number) => ['errors', 0, 'order', 'timeline', at, 'eventId']);
    expect(asOwner.errors?.map(({ path }) => path?.slice(1))).toEqual(places);
    expect(new Set(deniedIn(asOwner))).toEqual(new Set(['eventId']));
    expect((await ask(query, { input })).data).toBeNull();
  });

  it('and nobody pays with what is not theirs', async () => {
    const { ask, headersOf, things } = populated;
    const address = { recipient: 'Eve', line1: 'Street 2', postalCode: '10115', city: 'Berlin', country: 'DE' };
    const { data } = await ask(
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } errors { __typename } } }',
      { input: { idempotencyKey: 'theft', shippingAddress: address, paymentMethodId: things.paymentMethod } },
      headersOf.other,
    );
    expect(data.placeOrder.errors).toEqual([]);
    const query = 'query ($id: ID!) { order(id: $id) { status payments { status declineReason } } }';
    const order = await until('the order to end', async () => {
      const answer = await ask(query, { id: data.placeOrder.order.id }, headersOf.other);
      return answer.data.order.status === 'CANCELLED' && answer.data.order;
    });
    expect(order.payments).toEqual([{ status: 'DECLINED', declineReason: 'PAYMENT_METHOD_UNAVAILABLE' }]);
  });

  // The last: it changes what the others look at.
  it('and administrators may, and the owner, what is for them', async () => {
    const { ask, headersOf } = populated;
    for (const { mutation, input, refusal, byAdmin } of mutationRows) {
      const asks = (viewer: Viewer) =>
        ask(mutationFor(schema, mutation), { input: input(things) }, headersOf[viewer]).then((answer) =>
          refusedWith(mutation, answer),
        );
      const isRefused = (code: unknown) => code === DENIED || code === 'FORBIDDEN' || code === 'NotFoundError';
      expect(isRefused(await asks('admin')), `${mutation} for administrators`).toBe(!byAdmin);
      if (refusal !== DENIED) expect(isRefused(await asks('owner')), `${mutation} for the owner`).toBe(false);
    }
  });
});

const DENIED = 'UNAUTHORIZED_FIELD_OR_TYPE';
type Asker = Viewer | 'service';
const ASKERS: readonly Asker[] = [...VIEWERS, 'service'];

/** In its own name a service is nobody, but for the entities that it may see. */
const withService = (seenBy: Audience, field: string): Asker[] =>
  seenBy.includes('anonymous') || words(serviceRoots).includes(field) ? [...seenBy, 'service'] : [...seenBy];

/** The code of its own error, or the kind of the first refusal in its payload. */
const refusedWith = (mutation: string, { errors = [], data }: GraphAnswer): unknown =>
  errors.find(({ path = [] }) => path.length < 2)?.extensions.code ?? data?.[mutation]?.errors?.[0]?.__typename;

const chunksOf = (names: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(names.length / size) }, (_, index) => names.slice(index * size, (index + 1) * size));

const namesOf = (type: GraphQLObjectType | null | undefined) => Object.keys(type?.getFields() ?? {});

const fieldsOf = (row: TypeRow) => row.fields.flatMap(([, names]) => words(names));

/** Every object type that a query can come to. */
function reachableFrom(type: GraphQLObjectType | null | undefined, found = new Set<GraphQLObjectType>()) {
  if (type === null || type === undefined || found.has(type)) return found;
  found.add(type);
  for (const field of Object.values(type.getFields())) {
    const named = getNamedType(field.type);
    if (isInterfaceType(named)) throw new Error(`${type.name}.${field.name} is of an interface: extend this test`);
    if (isObjectType(named)) reachableFrom(named, found);
  }
  return found;
}

const audiences = (row: TypeRow, seen: ReadonlyMap<string, ReadonlySet<string>>, fields: readonly string[]) =>
  Object.fromEntries(
    fields.map((field) => [`${row.type}.${field}`, VIEWERS.filter((viewer) => seen.get(viewer)?.has(field))]),
  );

const expectedAudiences = (row: TypeRow, fields: readonly string[]) =>
  row.fields.flatMap(([seenBy, names]) =>
    words(names)
      .filter((name) => fields.includes(name))
      .map((name): [string, Audience] => [`${row.type}.${name}`, seenBy]),
  );

/** Whom the gateway denies what only some are to see: by signing in and by role. Whose a thing is it does not know. */
function deniedTo(coordinate: string, seenBy: Audience): Viewer[] {
  if (words(decidedByDomain).includes(coordinate)) return [];
  const isForCustomers = seenBy.includes('other') || seenBy.includes('owner');
  return VIEWERS.filter((viewer) =>
    viewer === 'anonymous' ? !seenBy.includes(viewer) : viewer !== 'admin' && !isForCustomers,
  );
}

/** Where the gateway has denied something: the last field of each path. */
const deniedIn = ({ errors = [] }: GraphAnswer): unknown[] =>
  errors.filter(({ extensions }) => extensions.code === 'UNAUTHORIZED_FIELD_OR_TYPE').map(({ path }) => path?.at(-1));

function identityOf({ things }: PopulatedGraph, viewer: Asker): Identity {
  if (viewer === 'service') return { kind: 'service', service: 'notifications' };
  const userIds = { anonymous: undefined, owner: things.user, other: things.otherUser, admin: things.adminUser };
  const userId = userIds[viewer];
  if (userId === undefined) return { kind: 'anonymous' };
  return { kind: 'user', userId, roles: viewer === 'admin' ? ['customer', 'admin'] : ['customer'] };
}

/** What a stranger would like to change, as the owner and the administrator see it. */
const ownersThings = async (askAs: (viewer: Viewer, query: string) => Promise<GraphAnswer>) => [
  (
    await askAs(
      'owner',
      `me { name email roles addresses { id line1 } cart { itemCount } unreadNotificationCount orders(first: 100) { nodes { id status updatedAt } } }
       paymentMethods { id isDefault } webhooks { id url } payment(id: $payment) { status refundedAmount { amountMinor } }
       challenged: payment(id: $challengedPayment) { status updatedAt }`,
    )
  ).data,
  (
    await askAs(
      'admin',
      `product(id: $product) { name version stock { onHand reserved sold } } products { totalCount }
       users(limit: 100) { users { id roles } } payments { nodes { id status refundedAmount { amountMinor } } }`,
    )
  ).data,
];
