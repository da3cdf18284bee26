import { describe, expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { REDACTED } from './redaction.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

const keys = ['authorization', 'email', 'password', 'token', 'refreshToken', 'variables', 'name', 'address', 'body'];

describe.each(keys)('a value under %s', (key) => {
  const secret = { [key]: 'canary' };

  test.each([
    ['at the top', secret],
    ['one level below', { input: secret }],
    ['two levels below', { request: { input: secret } }],
    ['in a list', { inputs: [secret] }],
    ['as a whole object', { [key]: { deep: { deeper: 'canary' } } }],
  ])('%s is replaced', (_, fields) => {
    const line = logged((log) => log.info(fields, 'test'));
    expect(line).not.toContain('canary');
    expect(line).toContain(REDACTED);
  });

  test('that a child logger carries is replaced', () => {
    expect(logged((log) => log.child(secret).info('test'))).not.toContain('canary');
  });
});

test('what is not personal stays readable', () => {
  const line = JSON.parse(logged((log) => log.info({ operation: 'Me', request: { status: 200 } }, 'request')));
  expect(line).toMatchObject({ operation: 'Me', request: { status: 200 }, message: 'request', service: 'test' });
});
