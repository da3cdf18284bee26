import { CodedError, refuseInsideTransaction } from '@tributary/service-kit';
import type { PaymentProvider } from './payment-provider.ts';

/**
 * Makes one call to the provider, with a deadline, and never inside a database transaction.
 *
 * @throws CodedError SERVICE_UNAVAILABLE when there was no answer in time, or none that can be used; whether the
 * provider has acted is then unknown
 */
export type CallProvider = <T>(call: (provider: PaymentProvider, signal: AbortSignal) => Promise<T>) => Promise<T>;

/** @param timeoutMs after which a call is given up, whether or not the adapter lets go of it */
export function createCallProvider(provider: PaymentProvider, timeoutMs: number): CallProvider {
  return async (call) => {
    refuseInsideTransaction('A call to the payment provider');
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('the deadline has passed')), { once: true });
    });
    try {
      return await Promise.race([call(provider, signal), late]);
    } catch (cause) {
      throw new CodedError('SERVICE_UNAVAILABLE', 'The payment provider does not answer.', { cause });
    }
  };
}
