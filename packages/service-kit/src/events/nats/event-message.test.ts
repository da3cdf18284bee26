import { describe, expect, test } from 'vitest';
import { testEvent } from '../../testing/test-event.ts';
import { eventBody, parseEvent } from './event-message.ts';

describe('the body of a message', () => {
  const event = testEvent('orders.order.placed.v1', { subject: 'o-1', data: { amountMinor: 1, none: null } });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  test.each([
    ['an event', event],
    ['an event with a trace', { ...event, traceparent }],
    ['an event of an unknown version', { ...event, type: 'orders.order.placed.v99' }],
    ['an event whose data is no object', { ...event, data: 'text' }],
  ])('holds %s', (_, each) => {
    expect(parseEvent(eventBody(each))).toEqual(each);
  });

  test('may hold extensions of CloudEvents, which are left out, and need not say that data is JSON', () => {
    const { datacontenttype, ...rest } = event;
    expect(parseEvent(JSON.stringify({ ...rest, tracestate: 'a=b' }))).toEqual({ ...rest, datacontenttype });
  });

  test.each<[string, object]>([
    ['another version of CloudEvents', { specversion: '0.3' }],
    ['an id that is no UUID', { id: '1' }],
    ['no source', { source: undefined }],
    ['no type', { type: '' }],
    ['a type of several lines', { type: 'a\nb' }],
    ['no subject', { subject: undefined }],
    ['a subject without end', { subject: 'x'.repeat(201) }],
    ['a subject that no database stores', { subject: 'a\0' }],
    ['a time that is none', { time: 'yesterday' }],
    ['data that is not JSON', { datacontenttype: 'text/xml' }],
  ])('holds no event when it has %s', (_, over) => {
    expect(parseEvent(JSON.stringify({ ...event, ...over }))).toBeUndefined();
  });

  test.each(['', 'no JSON', 'null', '[]', '"text"', '{"id":'])('holds no event when it is %j', (body) => {
    expect(parseEvent(body)).toBeUndefined();
  });
});
