// The row "Authorization, IDOR" of the table of threats, as far as the gateway decides it: a matrix of fields and
// callers, also through entities, fragments and interfaces. What subgraphs decide, local/src/visibility.test.ts shows.
import { ApolloServer } from '@apollo/server';
import { anonymous, type Identity } from '@tributary/service-kit';
import { contractBreaches, startTraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TributaryGateway, type TributaryGatewayOptions } from '../src/engine/tributary-gateway.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { deniedCases } from './testing/denied-cases.ts';
import {
  type Caller,
  type GuardedGateway,
  startAuthors,
  startGuarded,
  startGuardedGateway,
} from './testing/guarded-graph.ts';

const DENIED = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** Without what the planner adds for its own ends. */
const plain = (asked: string) => asked.replace(/ \{\}$/, '').replace(/^(\w+) query /, '$1 ');

describe('Authorization, IDOR: the gateway keeps from a caller', () => {
  let gateway: GuardedGateway;
  beforeAll(async () => {
    gateway = await startGuardedGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  beforeEach(() => void gateway.asked());

  it.each(deniedCases)('$what ($by)', async ({ by, query, variables, data, denied, asks }) => {
    const answer = await gateway.ask(by, query, variables);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual(data);
    expect((answer.errors ?? []).map(({ path }) => path?.join('.'))).toEqual(denied);
    for (const error of answer.errors ?? []) {
      expect(error.extensions).toEqual({ code: DENIED, requestId: expect.any(String) });
    }
    expect(gateway.asked().map(plain)).toEqual(asks);
  });

  it('an entity’s field in another subgraph, of which that is not asked', async () => {
    const query = '{ article { author { name email } } }';
    const anonymous = await gateway.ask('user', query);
    expect(anonymous.data).toEqual({ article: { author: { name: 'Name of a1', email: null } } });
    expect(anonymous.errors?.map(({ path }) => path)).toEqual([['article', 'author', 'email']]);
    const asked = gateway.asked();
    expect(asked.length).toBe(2);
    expect(asked.join()).not.toContain('email');

    const reader = await gateway.ask('reader', query);
    expect(reader.data).toEqual({ article: { author: { name: 'Name of a1', email: 'a1@example.com' } } });
    expect(reader.errors).toBeUndefined();
  });

  it('the whole of another subgraph, which is not asked at all', async () => {
    const answer = await gateway.ask('user', '{ articles { author { email } } }');
    expect(answer.data.articles).toEqual([{ author: { email: null } }, { author: { email: null } }]);
    expect(gateway.asked().filter((text) => text.startsWith('authors'))).toEqual([]);
  });

  it.each<[Caller, object]>([
    ['anonymous', { me: null, level: null, audit: null, either: null, both: null, unknown: null }],
    ['user', { me: { name: 'Ada' }, level: null, audit: null, either: null, both: null, unknown: null }],
    ['reader', { me: { name: 'Ada' }, level: 'HIGH', audit: null, either: null, both: null, unknown: null }],
    ['scoped', { me: { name: 'Ada' }, level: null, audit: null, either: 'either', both: 'both', unknown: null }],
    [
      'admin',
      { me: { name: 'Ada' }, level: null, audit: [{ line: 'audited' }], either: null, both: null, unknown: null },
    ],
  ])('what it may not see of everything: %s', async (caller, data) => {
    const answer = await gateway.ask(caller, '{ me { name } level audit { line } either both unknown }');
    expect(answer.data).toEqual(data);
    const missing = Object.entries(data).flatMap(([name, value]) => (value === null ? [name] : []));
    expect(answer.errors?.map(({ path }) => path?.[0])).toEqual(missing);
    // And no subgraph was asked for it.
    const asked = gateway.asked().join();
    expect(missing.filter((name) => new RegExp(`\\b${name}\\b`).test(asked))).toEqual([]);
  });

  it('the reason, which the log and a metric have', async () => {
    gateway.logLines.length = 0;
    await gateway.ask('user', '{ audit { line } article { title } }');
    const lines = gateway.logLines.map((line) => JSON.parse(line));
    const reason = lines.find(({ message }) => message === 'fields were denied');
    expect(reason.denied).toEqual(['Query.audit @policy']);
    expect(lines.find(({ denied }) => denied === 'Query.audit')).toBeDefined();
    const metrics = await gateway.running.metrics.scrape();
    expect(metrics).toMatch(/graphql_authorization_denied_total\{directive="policy",service="gateway"\} [1-9]/);
  });

  it('in a span of its own, also where all of it is refused', async () => {
    await using collector = await startTraceCollector();
    const traced = await startGuardedGateway({
      tracing: { enabled: true, endpoint: collector.endpoint },
      authorization: { onDenied: 'refuse', policies: { admin: { roles: ['admin'] } } },
    });
    await traced.ask('user', '{ me { name } }');
    await traced.ask('user', '{ audit { line } }');
    await traced[Symbol.asyncDispose]();
    expect(contractBreaches(collector.spans)).toEqual([]);
    const named = (name: string) => collector.spans.filter((span) => span.name === name);
    const parents = named('graphql.authorise').map(({ parentSpanId }) => parentSpanId);
    expect(parents).toEqual(named('POST /graphql').map(({ spanId }) => spanId));
    expect(named('graphql.execute')).toHaveLength(1);
  });
});

describe('Authorization, IDOR: shared answers', () => {
  it('are shared by nobody who may see something else, nor by others who may see the same', async () => {
    await using gateway = await startGuardedGateway({ sharing: { inbound: true, subgraph: true } });
    const query = '{ open me { name } article { title views author { email } } }';
    const seen: Record<string, unknown> = {
      anonymous: { open: 'open', me: null, article: { title: 'Bees', views: null, author: { email: null } } },
      user: { open: 'open', me: { name: 'Ada' }, article: { title: 'Bees', views: 7, author: { email: null } } },
      reader: {
        open: 'open',
        me: { name: 'Ada' },
        article: { title: 'Bees', views: 7, author: { email: 'a1@example.com' } },
      },
    };
    seen.other = seen.user;
    const callers: Caller[] = ['anonymous', 'user', 'reader', 'other'];
    // Plans first: what is under way at the same time is to be the execution.
    for (const caller of callers) expect((await gateway.ask(caller, query)).data).toEqual(seen[caller]);
    gateway.asked();
    const rounds = Array.from({ length: 20 }, () => callers).flat();
    const answers = await Promise.all(
      rounds.map(async (caller) => [caller, await gateway.ask(caller, query)] as const),
    );
    for (const [caller, { data }] of answers) expect(data).toEqual(seen[caller]);
    // They were shared where they may be: four callers, eighty requests.
    expect(gateway.asked().length).toBeLessThan(80);
  });
});

describe('Authorization, IDOR: onDenied: refuse', () => {
  it('refuses the whole request with 403, names the fields, and asks nobody', async () => {
    await using gateway = await startGuardedGateway({ authorization: { onDenied: 'refuse' } });
    const query = 'query ($s: Boolean!) { open me @skip(if: $s) { name } articles { views } }';
    const refused = await gateway.ask('anonymous', query, { s: false });
    expect(refused.status).toBe(403);
    expect(refused).not.toHaveProperty('data');
    expect(refused.errors).toEqual(
      [['me'], ['articles', 'views']].map((path) => ({
        ...{ message: expect.any(String), path },
        extensions: { code: DENIED, requestId: expect.any(String) },
      })),
    );
    expect(gateway.asked()).toEqual([]);

    const skipped = 'query ($s: Boolean!) { open me @skip(if: $s) { name } }';
    expect((await gateway.ask('anonymous', skipped, { s: true })).data).toEqual({ open: 'open' });
    expect((await gateway.ask('user', query, { s: false })).status).toBe(200);
  });
});

describe('Authorization, IDOR: introspection', () => {
  it('shows what is protected, where it is on', async () => {
    await using gateway = await startGuardedGateway({ introspection: true });
    const answer = await gateway.ask('anonymous', '{ __type(name: "User") { name } me { name } }');
    expect(answer.data).toEqual({ __type: { name: 'User' }, me: null });
  });
});

describe('Authorization, IDOR: the gateway in somebody’s own server', () => {
  const QUERY = '{ open me { name } audit { line } }';
  const USERS: Record<string, Identity> = {
    user: { kind: 'user', userId: 'u', roles: [] },
    admin: { kind: 'user', userId: 'a', roles: ['admin'] },
  };
  const identify = ({ user }: Record<string, unknown>) => USERS[String(user)] ?? anonymous;

  const askAs = async (options: Partial<TributaryGatewayOptions>, user?: string) => {
    await using guarded = await startGuarded();
    await using authors = await startAuthors();
    const supergraphSdl = compose([guarded, authors]);
    const server = new ApolloServer<Record<string, unknown>>({
      gateway: new TributaryGateway({ supergraphSdl, ...options }),
    });
    const { body } = await server.executeOperation({ query: QUERY }, { contextValue: { user } });
    await server.stop();
    const { data, errors } = body.kind === 'single' ? body.singleResult : {};
    const asked = guarded.requests.map((request) => request.body.query).join();
    return { data: data && { ...data }, paths: errors?.map(({ path }) => path?.join('.')), asked };
  };

  it('does not start with such a supergraph while nothing says who asks', async () => {
    await using guarded = await startGuarded();
    await using authors = await startAuthors();
    const gateway = new TributaryGateway({ supergraphSdl: compose([guarded, authors]) });
    await expect(gateway.load()).rejects.toThrow('nothing says who asks: give `identify`');
    await gateway.stop();
  });

  it.each([
    [undefined, { me: null, audit: null }, ['me', 'audit']],
    ['user', { me: { name: 'Ada' }, audit: null }, ['audit']],
    ['admin', { me: { name: 'Ada' }, audit: [{ line: 'audited' }] }, undefined],
  ])('keeps from %s what it may not see', async (user, data, paths) => {
    const options = { identify, authorization: { policies: { admin: { roles: ['admin' as const] } } } };
    const answer = await askAs(options, user);
    expect(answer.data).toEqual({ open: 'open', ...data });
    expect(answer.paths).toEqual(paths);
    for (const name of paths ?? []) expect(answer.asked).not.toContain(name);
  });

  it('refuses what asks for it, where that is wanted', async () => {
    const answer = await askAs({ identify, authorization: { onDenied: 'refuse' } }, 'user');
    expect(answer).toEqual({ data: undefined, paths: ['audit'], asked: '' });
  });
});

describe('Authorization, IDOR: a supergraph that begins to protect what it has', () => {
  it('is not rolled back for those who may not see that any more', async () => {
    await using guarded = await startGuarded();
    await using authors = await startAuthors();
    const after = compose([guarded, authors]);
    // As if nobody had to be signed in.
    const before = after.replaceAll(/@authenticated$/gm, '');
    let update = (_supergraphSdl: string) => {};
    const gateway = new TributaryGateway({
      supergraphSdl: async (hooks) => {
        ({ update } = hooks);
        return { supergraphSdl: before };
      },
      identify: () => anonymous,
    });
    const server = new ApolloServer({ gateway });
    const ask = async () => {
      const { body } = await server.executeOperation({ query: '{ open me { name } }' });
      return body.kind === 'single' ? { ...body.singleResult.data } : undefined;
    };
    for (let index = 0; index < 25; index++) expect(await ask()).toEqual({ open: 'open', me: { name: 'Ada' } });
    update(after);
    const served = () => gateway.engine.current.candidate.supergraphSdl;
    await until('the other supergraph', () => served() === after);
    // As many as a roll-back needs, and more.
    for (let index = 0; index < 25; index++) expect(await ask()).toEqual({ open: 'open', me: null });
    expect(served()).toBe(after);
    await server.stop();
  });
});

describe('Authorization, IDOR: policies', () => {
  it('are warned of at the start where the supergraph names them and nobody has configured them', async () => {
    await using gateway = await startGuardedGateway();
    const warning = gateway.logLines.map((line) => JSON.parse(line)).find(({ policies }) => policies !== undefined);
    expect(warning.policies).toEqual(['not-configured']);
  });
});
