import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { HELM_CERTIFICATE, HELM_KEY } from '../testing/helm-certificates.ts';
import { ConfigError, loadConfig } from './load-config.ts';
import { secret } from './secret.ts';
import { subgraphConfig } from './service-config.ts';
import { duration } from './units.ts';

const schema = z.strictObject({
  server: z.strictObject({ port: z.int().default(4000), bodyLimit: z.string().default('1KiB') }).prefault({}),
  database: z.strictObject({ url: secret().optional() }).prefault({}),
  wait: duration().prefault('1s'),
  tags: z.array(z.string()).default([]),
  subgraphs: z.record(z.string(), z.strictObject({ url: z.string() })).default({}),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const load = (yaml: string, environment: Record<string, string> = {}) =>
  loadConfig(schema, { files: [file('config.yaml', yaml)], environment });

function problemsOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the configuration was accepted');
}

describe('sources', () => {
  test('without any, the defaults hold', () => {
    expect(loadConfig(schema, { environment: {} })).toEqual({
      server: { port: 4000, bodyLimit: '1KiB' },
      database: {},
      wait: 1000,
      tags: [],
      subgraphs: {},
    });
  });

  test('later files stand over earlier ones, the environment over files, overrides over all, key by key', () => {
    const first = file('first.yaml', 'server: { port: 1, bodyLimit: 2B }\nwait: 5s\ntags: [a, b]');
    const second = file('second.yaml', 'server: { port: 2 }\ntags: [c]');
    const environment = { TRIBUTARY_SERVER__PORT: '3', TRIBUTARY_WAIT: '7s' };
    const read = (overrides?: Record<string, unknown>) =>
      loadConfig(schema, { files: [first, second], environment, ...(overrides && { overrides }) });
    expect(read()).toMatchObject({ server: { port: 3, bodyLimit: '2B' }, wait: 7000, tags: ['c'] });
    expect(read({ server: { port: 4 } })).toMatchObject({ server: { port: 4, bodyLimit: '2B' } });
  });

  test('an empty file changes nothing; one that holds no map is refused', () => {
    expect(load('').server.port).toBe(4000);
    expect(problemsOf(() => load('- a'))).toContain('must hold a map of keys');
  });

  test('a missing file is named', () => {
    const missing = () => loadConfig(schema, { files: ['/nowhere/config.yaml'], environment: {} });
    expect(problemsOf(missing)).toBe('The configuration file /nowhere/config.yaml cannot be read: ENOENT');
  });

  test('other variables of the environment are not looked at', () => {
    expect(load('', { PATH: '/bin', SERVER__PORT: '1' }).server.port).toBe(4000);
  });

  test('the result is frozen to its depths', () => {
    const config = load('subgraphs: { orders: { url: a } }\ntags: [a]');
    expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.subgraphs.orders ?? {}, { url: 'b' })).toThrow(TypeError);
    expect(() => (config.tags as string[]).push('b')).toThrow(TypeError);
  });
});

describe('the environment', () => {
  test('names a key without regard to case and underscores', () => {
    expect(load('', { TRIBUTARY_SERVER__BODY_LIMIT: '9B' }).server.bodyLimit).toBe('9B');
    expect(load('', { TRIBUTARY_SERVER__BODYLIMIT: '9B' }).server.bodyLimit).toBe('9B');
  });

  test('sets the entries of a record, whose names are in lower case', () => {
    expect(load('', { TRIBUTARY_SUBGRAPHS__ORDERS__URL: 'http://o' }).subgraphs).toEqual({
      orders: { url: 'http://o' },
    });
  });

  test('takes whole sections as YAML, whatever the order of the variables', () => {
    const section = { TRIBUTARY_SERVER: '{ port: 1, bodyLimit: 3B }' };
    expect(load('', { ...section, TRIBUTARY_SERVER__PORT: '2' }).server).toEqual({ port: 2, bodyLimit: '3B' });
    expect(load('', { TRIBUTARY_SERVER: 'nonsense', TRIBUTARY_SERVER__PORT: '2' }).server.port).toBe(2);
  });

  test('a text stays a text, although it looks like a number', () => {
    expect(load('', { TRIBUTARY_SERVER__BODY_LIMIT: '12' }).server.bodyLimit).toBe('12');
    expect(load('', { TRIBUTARY_DATABASE__URL: '12' }).database.url?.reveal()).toBe('12');
  });

  test('an unknown variable comes with the nearest known one', () => {
    expect(problemsOf(() => load('', { TRIBUTARY_SERVER__PROT: '1' }))).toContain(
      'TRIBUTARY_SERVER__PROT: unknown variable; did you mean TRIBUTARY_SERVER__PORT?',
    );
    expect(problemsOf(() => load('', { TRIBUTARY_SOMETHING_ELSE: '1' }))).toMatch(/unknown variable$/);
  });
});

describe('a section that is one of several kinds', () => {
  const kinds = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('own').optional().default('own'), password: secret(), waitFor: duration() }),
    z.strictObject({ kind: z.literal('other'), userName: z.string() }),
  ]);
  const read = (environment: Record<string, string>) => loadConfig(z.strictObject({ part: kinds }), { environment });

  test('takes the keys of its kind from the environment', () => {
    const { part } = read({ TRIBUTARY_PART__PASSWORD: '007', TRIBUTARY_PART__WAIT_FOR: '1s' });
    expect(part).toMatchObject({ kind: 'own', waitFor: 1000 });
    expect(part.kind === 'own' && part.password.reveal()).toBe('007');
    expect(read({ TRIBUTARY_PART__KIND: 'other', TRIBUTARY_PART__USER_NAME: '7' }).part).toEqual({
      kind: 'other',
      userName: '7',
    });
  });

  test('refuses those of another kind, and names the nearest of what it does not know', () => {
    expect(problemsOf(() => read({ TRIBUTARY_PART__KIND: 'other', TRIBUTARY_PART__PASSWORD: 'x' }))).toContain(
      'part.password: unknown key',
    );
    expect(problemsOf(() => read({ TRIBUTARY_PART__PASWORD: 'x' }))).toContain(
      'did you mean TRIBUTARY_PART__PASSWORD?',
    );
  });
});

describe('what is wrong', () => {
  test('is told all at once, each with its key', () => {
    const problems = problemsOf(() => load('server: { port: x }\nwait: soon'));
    expect(problems).toContain('server.port: Invalid input: expected number, received string');
    expect(problems).toContain('wait: expected a duration such as');
  });

  test('an unknown key comes with the nearest known one, on its own level', () => {
    expect(problemsOf(() => load('servr: {}'))).toContain('servr: unknown key; did you mean server?');
    expect(problemsOf(() => load('server: { bodylimits: 1 }'))).toContain(
      'server.bodylimits: unknown key; did you mean bodyLimit?',
    );
    expect(problemsOf(() => load('subgraphs: { orders: { url: a, ulr: b } }'))).toContain(
      'subgraphs.orders.ulr: unknown key; did you mean url?',
    );
    expect(problemsOf(() => load('zzzzzzzz: 1'))).toContain('zzzzzzzz: unknown key');
    expect(problemsOf(() => load('zzzzzzzz: 1'))).not.toContain('did you mean');
  });

  test('keys that name a prototype change none, and are refused or are keys like any other', () => {
    expect(problemsOf(() => load('__proto__: { server: { port: 1 } }'))).toContain('__proto__: unknown key');
    expect(problemsOf(() => load('server: { __proto__: { port: 1 } }'))).toContain('__proto__: unknown key');
    expect(problemsOf(() => load('constructor: { prototype: { polluted: 1 } }'))).toContain('constructor: unknown key');
    const environment = { TRIBUTARY_SUBGRAPHS__CONSTRUCTOR__URL: 'http://c' };
    expect(load('', environment).subgraphs).toEqual({ constructor: { url: 'http://c' } });
    expect(problemsOf(() => load('', { TRIBUTARY_SERVER: '{ __proto__: { port: 1 } }' }))).toContain('unknown key');
    expect({}).not.toHaveProperty('polluted');
    expect(Object).not.toHaveProperty('url');
  });
});

describe('secrets', () => {
  const canary = 'canary-hunter2';

  test('are read, and are printed nowhere', () => {
    const config = load(`database: { url: ${canary} }`);
    expect(config.database.url?.reveal()).toBe(canary);
    for (const printed of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.database.url}`,
    ]) {
      expect(printed).not.toContain(canary);
      expect(printed).toMatch(/secret|object Object/);
    }
  });

  test.each([
    ['a wrong type', `database: { url: { ${canary}: 1 } }`],
    ['a value in the place of a section', `server: ${canary}\ndatabase: ${canary}`],
    ['a wrong duration', `wait: ${canary}`],
    ['a syntax error', `database:\n  url: "${canary}\n`],
    ['a duplicate key', `wait: 1s\nwait: ${canary}`],
  ])('%s quotes no value', (_, yaml) => {
    expect(problemsOf(() => load(yaml))).not.toContain(canary);
  });

  test('a syntax error in a file is placed', () => {
    expect(problemsOf(() => load('wait: 1s\nserver: }'))).toMatch(/cannot be read: \w+ at line 2, column \d+$/);
  });

  test('a syntax error in a variable names the variable and quotes nothing', () => {
    const variables = { TRIBUTARY_IDENTITY__KEY: `{"d": "${canary}` };
    const problems = problemsOf(() => loadConfig(subgraphConfig, { environment: variables }));
    expect(problems).toMatch(/TRIBUTARY_IDENTITY__KEY: \w+ at line 1, column \d+/);
    expect(problems).not.toContain(canary);
  });

  test('what a parser only warns of is not printed either', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    load(`database: { url: !${canary} a }`);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('what every subgraph can be told', () => {
  const read = (environment: Record<string, string>) => loadConfig(subgraphConfig, { environment });

  test('keys come from the environment as PEM, line by line, and as JSON', () => {
    const trusted = { TRIBUTARY_IDENTITY__TRUSTED__GATEWAY: HELM_CERTIFICATE };
    const asPem = read({ ...trusted, TRIBUTARY_IDENTITY__KEY: HELM_KEY });
    const jwk = asPem.identity.key?.reveal() ?? '';
    const { d, ...publicJwk } = JSON.parse(jwk);
    expect(asPem.identity.trusted).toEqual({ gateway: { keys: [publicJwk] } });
    const asJson = read({
      TRIBUTARY_IDENTITY__TRUSTED__GATEWAY: JSON.stringify(asPem.identity.trusted.gateway),
      TRIBUTARY_IDENTITY__KEY: jwk,
    });
    expect(asJson.identity.trusted).toEqual(asPem.identity.trusted);
    expect(asJson.identity.key?.reveal()).toBe(jwk);
    expect(d).toHaveLength(43);
    expect(inspect(asPem, { depth: 9 })).not.toContain(d);
  });

  test('a key that is none is named and not quoted', () => {
    const problems = problemsOf(() =>
      read({
        TRIBUTARY_IDENTITY__TRUSTED__GATEWAY: HELM_KEY,
        TRIBUTARY_IDENTITY__TRUSTED__ORDERS: 'hunter2',
        TRIBUTARY_IDENTITY__KEY: HELM_CERTIFICATE,
      }),
    );
    expect(problems).toContain('  - identity.trusted.gateway: holds a private key');
    expect(problems).toContain('  - identity.trusted.orders: expected Ed25519 public keys');
    expect(problems).toContain('  - identity.key: expected one Ed25519 private key');
    const lines = [HELM_KEY, HELM_CERTIFICATE].flatMap((pem) => pem.split('\n').slice(1, -2));
    for (const value of ['hunter2', ...lines]) expect(problems).not.toContain(value);
  });

  test('handled events are remembered for as long as one can be published again, and then wait in the stream', () => {
    expect(read({}).events).toMatchObject({ keepPublished: 7 * 86_400_000, keepHandled: 30 * 86_400_000 });
    const kept = (published: string, handled: string) => () =>
      read({ TRIBUTARY_EVENTS__KEEP_PUBLISHED: published, TRIBUTARY_EVENTS__KEEP_HANDLED: handled });
    expect(kept('3d', '10d')().events).toMatchObject({ keepHandled: 10 * 86_400_000 });
    expect(problemsOf(kept('3d', '9d'))).toContain('events.keepHandled: expected at least keepPublished + 7d');
  });
});
