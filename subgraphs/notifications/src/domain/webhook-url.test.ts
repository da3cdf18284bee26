import { describe, expect, it } from 'vitest';
import { webhookUrl } from './webhook-url.ts';

const rules = { allowInsecure: false, allowPrivateNetwork: false } as Parameters<typeof webhookUrl>[1];

describe('a webhook’s URL', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['https://Example.COM:8443/a?b=c#d', 'https://example.com:8443/a?b=c'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('may be %s', (text, expected) => expect(webhookUrl(text, rules)).toBe(expected));

  it.each([
    'http://example.com/',
    'https://localhost/',
    'https://localhost./',
    'https://app.localhost/',
    'https://users:4001/graphql',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://10.0.0.1.:443/',
    'https://a@example.com/',
    'https://:b@example.com/',
  ])('may not be %s', (text) => expect(() => webhookUrl(text, rules)).toThrow(/^url takes/));
});
