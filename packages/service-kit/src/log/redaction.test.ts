import { describe, expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { REDACTED } from './redaction.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

const keys = [
  ...['authorization', 'set-cookie', 'email', 'phone', 'tokens', 'guestToken', 'refresh_token', 'clientSecret'],
  ...['password', 'newPassword', 'current_password', 'idempotencyKey', 'variables', 'body'],
  ...['name', 'recipient', 'address', 'shippingAddress', 'addresses', 'line1', 'postalCode', 'city', 'label', 'note'],
];

describe.each(keys)('a value under %s', (key) => {
  const secret = { [key]: 'canary' };

  test.each([
    ['at the top', secret],
    ['one level below', { input: secret }],
    ['two levels below', { request: { input: secret } }],
    ['three levels below', { a: { request: { input: secret } } }],
    ['in a list', { inputs: [secret] }],
    ['as a whole object', { [key]: { deep: { deeper: 'canary' } } }],
  ])('%s is replaced', (_, fields) => {
    const line = logged((log) => log.info(fields, 'test'));
    expect(line).not.toContain('canary');
    expect(line).toContain(REDACTED);
  });

  test('that a child logger carries is replaced', () => {
    expect(logged((log) => log.child(secret).info('test'))).not.toContain('canary');
    expect(logged((log) => log.child({}).child(secret).info('test'))).not.toContain('canary');
  });
});

test('what is deeper than anybody reads is replaced as a whole, also where it refers to itself', () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle.self = circle;
  const line = JSON.parse(logged((log) => log.info({ a: { b: { c: { d: { e: 'canary' } } } }, circle }, 'test')));
  expect(line.a).toEqual({ b: { c: { d: REDACTED } } });
  expect(line.circle.self.self).toEqual({ a: 1, self: REDACTED });
});

test('an error is reduced to what may be shown wherever it stands', () => {
  const error = Object.assign(new Error('canary'), { query: 'canary', params: ['canary'] });
  for (const fields of [{ err: error }, { cause: error }, { a: { errors: [error] } }, { err: 'canary' }]) {
    expect(logged((log) => log.info(fields, 'test'))).not.toContain('canary');
  }
});

test('what is not personal stays readable', () => {
  const fields = { operation: 'Me', operation_name: 'Me', request: { status: 200, lines: [1, null], at: new Date(0) } };
  const line = JSON.parse(logged((log) => log.child({ request_id: 'r' }).info(fields, 'request')));
  const at = '1970-01-01T00:00:00.000Z';
  expect(line).toMatchObject({ ...fields, request: { ...fields.request, at }, request_id: 'r', message: 'request' });
});
