import type { IncomingHttpHeaders } from 'node:http';
import { type Context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import { OWN_BAGGAGE_PREFIX } from './operation-baggage.ts';

/** Keeps to the limits of W3C Baggage: 180 entries, 4096 bytes each, 8192 bytes together; what is beyond is left out. */
const propagator = new W3CBaggagePropagator();

/**
 * The context with the entries of the request's `baggage` whose names are allowed, without their properties. They are
 * handed on with requests from here, and are in no span, log line or event. What names an operation is never among them:
 * who hears that, each service says for itself (see operation-baggage.ts).
 */
export function withBaggage(parent: Context, headers: IncomingHttpHeaders, allowed: readonly string[]): Context {
  if (allowed.length === 0 || headers.baggage === undefined) return parent;
  const received = propagation.getBaggage(
    propagator.extract(ROOT_CONTEXT, headers, {
      get: (from, name) => from[name],
      keys: (from) => Object.keys(from),
    }),
  );
  const isHandedOn = (name: string) => allowed.includes(name) && !name.startsWith(OWN_BAGGAGE_PREFIX);
  const entries = received?.getAllEntries().filter(([name]) => isHandedOn(name)) ?? [];
  if (entries.length === 0) return parent;
  const kept = Object.fromEntries(entries.map(([name, { value }]) => [name, { value }]));
  return propagation.setBaggage(parent, propagation.createBaggage(kept));
}

/** The `baggage` to hand on from here, or undefined. */
export function baggageHeader(active: Context): string | undefined {
  if (propagation.getBaggage(active) === undefined) return undefined;
  const carrier: { baggage?: string } = {};
  propagator.inject(active, carrier, {
    set(to, _name, value) {
      to.baggage = value;
    },
  });
  return carrier.baggage;
}
