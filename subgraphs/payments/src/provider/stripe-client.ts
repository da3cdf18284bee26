import { AsyncLocalStorage } from 'node:async_hooks';
import { inHttpClientSpan } from '@tributary/service-kit';
import Stripe from 'stripe';
import { Agent, fetch as undiciFetch } from 'undici';
import type { StripeProviderConfig } from '../config.ts';
import { StripeFailure } from './stripe-failure.ts';

/** The version of Stripe's API whose shapes the adapter reads; that of the `stripe` package's types. */
export const STRIPE_API_VERSION = '2026-10-28.endive';

/** From this process. */
const MAX_CONNECTIONS = 20;
/** Far above a page of 100 payments with their charges. */
const MAX_RESPONSE_BYTES = 4 * 1024 ** 2;

export interface StripeClient {
  /**
   * Makes one call, which is given up when `signal` is.
   *
   * @throws StripeFailure for what Stripe answered, and for no answer
   */
  ask<T>(signal: AbortSignal, call: (stripe: Stripe) => Promise<T>): Promise<T>;
}

/** A client that repeats nothing by itself, follows no redirect, reports nothing about us, and bounds what it reads. */
export function createStripeClient({ url, secretKey, timeout }: StripeProviderConfig): StripeClient {
  const { protocol, hostname, port } = new URL(url);
  const dispatcher = new Agent({ connections: MAX_CONNECTIONS, maxResponseSize: MAX_RESPONSE_BYTES });
  // The library has no signal for a call.
  const currentSignal = new AsyncLocalStorage<AbortSignal>();
  const fetchWithin: typeof fetch = async (target, { method, headers, body, signal } = {}) => {
    const signals = [signal, currentSignal.getStore()].filter((each) => each != null);
    const sent = new Headers(headers);
    // Uncompressed, so that the bound is one of what is unpacked as well.
    sent.set('accept-encoding', 'identity');
    const url = new URL(String(target));
    const call = { method: method ?? 'GET', url, template: templateOf(url) };
    return inHttpClientSpan(call, async (answered) => {
      const response = await undiciFetch(url, {
        method: call.method,
        headers: Object.fromEntries(sent),
        body: typeof body === 'string' ? body : null,
        dispatcher,
        redirect: 'error',
        signal: AbortSignal.any(signals),
      });
      answered(response.status);
      return response as unknown as Response;
    });
  };
  const isPlain = protocol === 'http:';
  const stripe = new Stripe(secretKey.reveal(), {
    apiVersion: STRIPE_API_VERSION,
    httpClient: Stripe.createFetchHttpClient(fetchWithin),
    protocol: isPlain ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : port,
    maxNetworkRetries: 0,
    timeout,
    telemetry: false,
  });
  return {
    async ask(signal, call) {
      try {
        return await currentSignal.run(signal, () => call(stripe));
      } catch (error) {
        throw error instanceof Stripe.errors.StripeError ? new StripeFailure(error) : error;
      }
    },
  };
}

/** `/v1/payment_intents/{id}/confirm`: the third part of a path is an object's id. */
const templateOf = ({ pathname }: URL) => pathname.replace(/^(\/v1\/[^/]+\/)[^/]+/, '$1{id}');
