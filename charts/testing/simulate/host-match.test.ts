import { describe, expect, it } from 'vitest';
import { hostMatches, mostSpecificHost } from './host-match.ts';

describe('hostMatches', () => {
  it.each<[string, string, boolean]>([
    ['api.example.org', 'API.example.org', true],
    ['api.example.org', 'www.example.org', false],
    ['*.example.org', 'api.example.org', true],
    ['*.example.org', 'v1.api.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*.example.org', '.example.org', false],
    ['*.example.org', 'badexample.org', false],
    ['*', 'anything', true],
  ])('%s is for %s: %s', (pattern, host, expected) => {
    expect(hostMatches(pattern, host)).toBe(expected);
  });
});

describe('mostSpecificHost', () => {
  const patterns = ['*', '*.example.org', '*.api.example.org', 'v1.api.example.org'];
  it.each<[string, string]>([
    ['v1.api.example.org', 'v1.api.example.org'],
    ['v2.api.example.org', '*.api.example.org'],
    ['www.example.org', '*.example.org'],
    ['other.net', '*'],
  ])('%s: %s', (host, expected) => {
    expect(mostSpecificHost(patterns, host)).toBe(expected);
  });

  it('is none where none matches', () => {
    expect(mostSpecificHost(['*.example.org'], 'example.org')).toBeUndefined();
  });
});
