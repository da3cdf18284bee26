import type { SandboxProviderConfig } from '../config.ts';
import type { Charge, PaymentProvider } from './payment-provider.ts';
import { sandboxAnswers } from './sandbox-answers.ts';
import { createSandboxClient } from './sandbox-client.ts';

/** The sandbox provider, over HTTP: a server of its own, which nothing here knows but by its API. */
export function createSandboxProvider(config: Pick<SandboxProviderConfig, 'url' | 'apiKey'>): PaymentProvider {
  const ask = createSandboxClient(config);

  /** Does something to a charge that the provider has. */
  async function change(key: string, what: string, signal: AbortSignal, body?: object): Promise<Charge> {
    const path = `/v1/charges/${encodeURIComponent(key)}/${what}`;
    const answer = sandboxAnswers.charge;
    const { charge } = await ask({ method: 'POST', path, answer, signal, ...(body === undefined ? {} : { body }) });
    return aboutKey(key, charge);
  }

  return {
    async keepCard(token, _userId, signal) {
      const answer = sandboxAnswers.described;
      const { card } = await ask({ method: 'POST', path: '/v1/tokens/describe', body: { token }, answer, signal });
      return card && { ...card, isShared: true };
    },
    // Its test cards are everybody's.
    async releaseCard() {},
    async authorize({ key, ...body }, signal) {
      const answer = sandboxAnswers.charge;
      const call = { method: 'POST', path: '/v1/charges', idempotencyKey: key, body, answer, signal } as const;
      return aboutKey(key, (await ask(call)).charge);
    },
    async find(key, signal) {
      const path = `/v1/charges/${encodeURIComponent(key)}`;
      const { charge } = await ask({ method: 'GET', path, answer: sandboxAnswers.found, signal });
      return charge && aboutKey(key, charge);
    },
    answerChallenge: (key, code, signal) => change(key, 'challenge', signal, { code }),
    capture: (key, signal) => change(key, 'capture', signal),
    void: (key, signal) => change(key, 'void', signal),
    async refund({ key, ...body }, signal) {
      const answer = sandboxAnswers.refund;
      const call = { method: 'POST', path: '/v1/refunds', idempotencyKey: key, body, answer, signal } as const;
      return aboutKey(key, (await ask(call)).refund).status;
    },
    async *statement(since, signal) {
      const answer = sandboxAnswers.statement;
      for (let after: number | null = 0; after !== null; ) {
        const query = new URLSearchParams({ since: since.toISOString(), after: String(after) });
        const page: { entries: StatementEntries; next: number | null } = await ask({
          method: 'GET',
          path: `/v1/statement?${query}`,
          answer,
          signal,
        });
        yield* page.entries;
        after = page.next;
      }
    },
  };
}

type StatementEntries = ReturnType<typeof sandboxAnswers.statement.parse>['entries'];

/** An answer about something else would be taken for one about this. */
function aboutKey<T extends { key: string }>(key: string, answer: T): T {
  if (answer.key !== key) throw new Error('the payment provider answered about another key');
  return answer;
}
