import { describe, expect, it } from 'vitest';
import { Clients } from './clients.ts';

const clientOf = (name?: string, version?: string) =>
  new Clients().of({
    ...(name === undefined ? {} : { 'apollographql-client-name': name }),
    ...(version === undefined ? {} : { 'apollographql-client-version': version }),
  });

describe('Clients', () => {
  it.each([
    ['storefront', '2.1.0'],
    ['iOS App', '1.0.0-beta.4+f00d'],
    ['@acme/admin', '42'],
    ['n'.repeat(64), 'v'.repeat(32)],
  ])('knows %s %s by its headers', (name, version) => expect(clientOf(name, version)).toEqual({ name, version }));

  it.each([
    ['no name', undefined],
    ['an empty one', ''],
    ['one that is too long', 'n'.repeat(65)],
    ['a token', `eyJhbGciOiJFUzI1NiJ9.${'x'.repeat(100)}`],
    ['an e-mail address', 'jane@example.com'],
    ['letters of another script, or control characters', 'a\u0000b'],
    ['markup', '<script>'],
    ['two headers', 'a, b'],
  ])('calls %s unknown, and cuts nothing off', (_, name) =>
    expect(clientOf(name, '1.0')).toEqual({ name: 'unknown', version: '1.0' }),
  );

  it.each([['1.0 (jane@example.com)'], ['v'.repeat(33)], ['']])('leaves out the version %s', (version) =>
    expect(clientOf('web', version)).toEqual({ name: 'web', version: '' }),
  );

  it('gives the same client for the same name, whatever else was in the headers', () => {
    const clients = new Clients();
    const web = clients.of({ 'apollographql-client-name': 'web' });
    expect(clients.of({ 'apollographql-client-name': 'web', 'apollographql-client-version': 'no version' })).toBe(web);
    const unknown = clients.of({});
    for (let count = 0; count < 5000; count++) clients.of({ 'apollographql-client-name': `<${count}>` });
    expect(clients.of({ 'apollographql-client-name': '<1>' })).toEqual(unknown);
  });
});
