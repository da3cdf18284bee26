import { CodedError, refuseInsideTransaction, type ServiceKit } from '@tributary/service-kit';
import type { PaymentProvider } from './payment-provider.ts';

/**
 * Makes one call to the provider, with a deadline, and never inside a database transaction.
 *
 * @throws CodedError SERVICE_UNAVAILABLE when there was no answer in time, or none that can be used; whether the
 * provider has acted is then unknown
 */
export type CallProvider = <T>(call: (provider: PaymentProvider, signal: AbortSignal) => Promise<T>) => Promise<T>;

type Parts = Pick<ServiceKit, 'metrics'> & {
  provider: PaymentProvider;
  /** After which a call is given up, whether or not the adapter lets go of it. */
  timeoutMs: number;
};

export function createCallProvider({ provider, timeoutMs, metrics }: Parts): CallProvider {
  const up = (value: 0 | 1) => metrics.get('external_service_up').set({ service: 'payment-provider' }, value);
  return async (call) => {
    refuseInsideTransaction('A call to the payment provider');
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('the deadline has passed')), { once: true });
    });
    try {
      const answer = await Promise.race([call(provider, signal), late]);
      up(1);
      return answer;
    } catch (cause) {
      up(0);
      throw new CodedError('SERVICE_UNAVAILABLE', 'The payment provider does not answer.', { cause });
    }
  };
}
