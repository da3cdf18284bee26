import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { silentParts } from '../testing/silent-parts.ts';
import { baggageHeader, withBaggage } from './baggage.ts';
import { currentTraceHeaders, enableContextPropagation, startEntrySpan } from './context.ts';
import { createTracing, tracingConfig } from './tracing.ts';

const handedOn = (baggage: string | undefined, allowed: readonly string[]) =>
  baggageHeader(withBaggage(ROOT_CONTEXT, baggage === undefined ? {} : { baggage }, allowed));

describe('baggage', () => {
  test('ends here, unless its name is listed', () => {
    expect(handedOn('tenant=blue,user=ada', [])).toBeUndefined();
    expect(handedOn('tenant=blue,user=ada', ['shop'])).toBeUndefined();
    expect(handedOn('user=ada,tenant=blue', ['tenant'])).toBe('tenant=blue');
    expect(handedOn(undefined, ['tenant'])).toBeUndefined();
  });

  test('names no operation, whatever is listed: who hears that, the gateway says', () => {
    expect(handedOn('graph.operation=Forged,tenant=blue', ['graph.operation', 'tenant'])).toBe('tenant=blue');
  });

  test('loses its properties, and is encoded anew', () => {
    expect(handedOn('tenant = a%20b;secret=1 , x=1', ['tenant'])).toBe('tenant=a%20b');
    expect(handedOn('tenant=a%0d%0ax-evil: 1', ['tenant'])).toBe('tenant=a%0D%0Ax-evil%3A%201');
  });

  test.each(['', '=', 'tenant', 'tenant=', 'tenant=%', ',,,', ' '.repeat(9000)])('%j is none', (baggage) => {
    expect(handedOn(baggage, ['tenant'])).toBeUndefined();
  });

  test('keeps to the limits of W3C', () => {
    const long = `tenant=${'x'.repeat(5000)}`;
    expect(handedOn(long, ['tenant'])).toBeUndefined();
    const names = Array.from({ length: 400 }, (_, index) => `n${index}`);
    const many = names.map((name) => `${name}=1`).join(',');
    expect(handedOn(many, names)?.split(',')).toHaveLength(180);
    const large = names.map((name) => `${name}=${'x'.repeat(500)}`).join(',');
    expect(Buffer.byteLength(handedOn(large, names) ?? '')).toBeLessThanOrEqual(8192);
  });

  test('goes along with the trace, to services of our own', async () => {
    enableContextPropagation();
    const { tracer } = await createTracing('test', tracingConfig.parse({}), silentParts());
    const entry = withBaggage(startEntrySpan(tracer, 'x', undefined, {}), { baggage: 'tenant=blue,user=ada' }, [
      'tenant',
    ]);
    expect(context.with(entry, currentTraceHeaders)).toEqual({
      traceparent: expect.stringMatching(/^00-/),
      baggage: 'tenant=blue',
    });
    expect(propagation.getBaggage(entry)?.getEntry('user')).toBeUndefined();
    expect(currentTraceHeaders()).toEqual({});
  });
});
