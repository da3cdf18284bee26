import { createServiceIdentityIssuer, type Identity, type ServiceIdentityIssuer } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLocalSecrets } from './local-secrets.ts';
import { apiSchema } from './testing/api-schema.ts';
import { type Ask, type GraphAnswer, graphClient } from './testing/graph-client.ts';
import { mutationRows, ownMutations, publicMutations } from './testing/mutation-table.ts';
import { type PopulatedGraph, startPopulatedGraph } from './testing/populated-graph.ts';
import { VIEWERS, type Viewer } from './testing/viewers.ts';
import {
  type Audience,
  decidedByDomain,
  impersonalRoots,
  plainValues,
  requiredArguments,
  rootRows,
  subscriptionRows,
  type TypeRow,
  typeRows,
} from './testing/visibility-table.ts';
import { everythingOf, someValue } from './testing/whole-answers.ts';

const PORT = 14_220;
/** As `limits` of the gateway has it. */
const MAX_ALIASES = 15;
const words = (text: string | undefined) => text?.split(' ') ?? [];

describe('who sees what', () => {
  let populated: PopulatedGraph;
  let schema: GraphQLSchema;
  /** Of the version lines that rows name. */
  const lines = new Map<number, { ask: Ask; schema: GraphQLSchema }>();
  let gateway: ServiceIdentityIssuer;
  beforeAll(async () => {
    populated = await startPopulatedGraph(PORT);
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
    const [operation, variables] = withThings(query, { ...populated.things });
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
        const decided = rows.flatMap((row) => [
          ...row.fields.flatMap(([, names]) => words(names)),
          ...words(row.unfilled),
        ]);
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

  it('is the same at each subgraph, asked for entities by the gateway', async () => {
    for (const [name, { url }] of populated.graph.subgraphs) {
      const asks = async (identity: Identity, query: string, variables: object = {}) => {
        const authorization = `Bearer ${await gateway.issue(name, identity)}`;
        const headers = { 'content-type': 'application/json', authorization };
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ query, variables }),
        });
        return (await response.json()) as GraphAnswer;
      };
      const { data } = await asks({ kind: 'anonymous' }, '{ _service { sdl } }');
      const owned = resolvedFields(data._service.sdl);
      for (const row of typeRows) {
        const representations = row.entities?.(populated.things).map((entity) => ({ __typename: row.type, ...entity }));
        if (representations === undefined) continue;
        const given = Object.keys(representations[0] ?? {});
        const fields = fieldsOf(row).filter((field) => owned.get(row.type)?.has(field) && !given.includes(field));
        if (fields.length === 0) continue;
        const seen = new Map<Viewer | 'service', Set<string>>();
        for (const viewer of [...VIEWERS, 'service'] as const) {
          const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${row.type} { ${selectionOf(schema, row.type, fields)} } } }`;
          const answer = await asks(identityOf(populated, viewer), query, { representations });
          seen.set(viewer, new Set(shownIn(answer.data)));
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

  it('and nobody changes what is not theirs', async () => {
    const before = await ownersThings(askAs);
    for (const { mutation, input, refusal } of mutationRows) {
      const given = input(populated.things);
      const asOther = await populated.ask(mutationFor(schema, mutation), { input: given }, populated.headersOf.other);
      const refused = asOther.errors?.[0]?.extensions.code ?? asOther.data[mutation].errors[0]?.__typename;
      expect(refused, mutation).toBe(refusal);
      const foreign = Object.values(populated.things).filter((thing) => !Object.values(given).includes(thing));
      for (const thing of foreign) expect(JSON.stringify(asOther), mutation).not.toContain(thing);
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
});

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

/** Under names by which `shownIn` finds them again. */
function selectionOf(schema: GraphQLSchema, typeName: string, fields: readonly string[]): string {
  const type = schema.getType(typeName) as GraphQLObjectType;
  return fields
    .map((name) => {
      const field = type.getFields()[name];
      if (field === undefined) throw new Error(`there is no ${typeName}.${name}`);
      const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
      return `seen_${name}: ${name}${requiredArguments[`${typeName}.${name}`] ?? ''}${selection}`;
    })
    .join(' ');
}

/** The fields of which an answer shows anything. An empty list is nothing. */
function shownIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(shownIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!name.startsWith('seen_')) return shownIn(inner);
    return inner === null || (Array.isArray(inner) && inner.length === 0) ? [] : [name.slice('seen_'.length)];
  });
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

/** The query with the things that it names as variables. */
function withThings(query: string, things: Readonly<Record<string, string>>): [string, Record<string, unknown>] {
  const named = Object.keys(things).filter((name) => new RegExp(`\\$${name}\\b`).test(query));
  const declared = named.map((name) => `$${name}: ${query.includes(`guestToken: $${name}`) ? 'String' : 'ID!'}`);
  const operation = named.length === 0 ? '' : `query (${declared.join(', ')}) `;
  return [`${operation}{ ${query} }`, Object.fromEntries(named.map((name) => [name, things[name]]))];
}

/** That asks for all of its payload. */
function mutationFor(schema: GraphQLSchema, mutation: string): string {
  const field = schema.getMutationType()?.getFields()[mutation];
  if (field === undefined) throw new Error(`there is no Mutation.${mutation}`);
  const [argument] = field.args;
  const selection = everythingOf(schema, getNamedType(field.type), 3);
  return argument === undefined
    ? `mutation { ${mutation} { ${selection} } }`
    : `mutation ($input: ${argument.type}) { ${mutation}(input: $input) { ${selection} } }`;
}

/** Of each type, the fields that a subgraph answers itself. */
function resolvedFields(sdl: string): Map<string, Set<string>> {
  const types = parse(sdl).definitions.filter(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION,
  );
  return new Map(
    types.map(({ name, fields = [] }) => {
      const own = fields.filter(({ directives }) => !directives?.some((each) => each.name.value === 'external'));
      return [name.value, new Set(own.map((field) => field.name.value))];
    }),
  );
}

function identityOf({ things }: PopulatedGraph, viewer: Viewer | 'service'): Identity {
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
