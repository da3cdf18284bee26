import { describe, expect, it } from 'vitest';
import { acceptedStream, acceptsHtml, negotiateMediaType } from './accept.ts';

describe('negotiateMediaType', () => {
  it.each([
    [undefined, 'application/graphql-response+json'],
    ['*/*', 'application/json'],
    ['', undefined],
    ['application/*;q=0.1', 'application/json'],
    ['application/graphql-response+json;q=0.1, */*', 'application/json'],
    ['application/json;q=0.1, */*', 'application/graphql-response+json'],
    ['application/json;q=9', undefined],
    ['application/json;q=x', undefined],
    ['APPLICATION/JSON', 'application/json'],
    [
      'text/event-stream, application/graphql-response+json;q=0.9, application/json;q=0.8',
      'application/graphql-response+json',
    ],
  ])('%s', (accept, expected) => {
    expect(negotiateMediaType(accept)).toBe(expected);
  });
});

describe('acceptedStream', () => {
  it.each([
    [undefined, undefined],
    ['*/*', undefined],
    ['text/*', undefined],
    ['application/json, text/event-stream', 'sse'],
    ['text/event-stream;q=0', undefined],
    ['multipart/mixed', undefined],
    ['multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json', 'multipart'],
    ['multipart/mixed; subscriptionSpec="1.0"', 'multipart'],
    ['multipart/mixed;subscriptionSpec=2.0', undefined],
    ['text/event-stream, multipart/mixed;subscriptionSpec=1.0', 'sse'],
    ['text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0', 'multipart'],
  ])('%s', (accept, expected) => {
    expect(acceptedStream(accept)).toBe(expected);
  });
});

describe('acceptsHtml', () => {
  it('is for who names it', () => {
    expect(acceptsHtml('text/html,application/xhtml+xml,*/*;q=0.8')).toBe(true);
    expect(acceptsHtml('*/*')).toBe(false);
    expect(acceptsHtml(undefined)).toBe(false);
    expect(acceptsHtml('text/html;q=0')).toBe(false);
  });
});
