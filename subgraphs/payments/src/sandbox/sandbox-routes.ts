import { setTimeout as delay } from 'node:timers/promises';
import type { Routes, Secret } from '@tributary/service-kit';
import type { FastifyRequest } from 'fastify';
import type { ChargeRow } from './ledger-rows.ts';
import { requireApiKey } from './require-api-key.ts';
import type { SandboxLedger } from './sandbox-ledger.ts';
import { readRequest, sandboxRequests } from './sandbox-requests.ts';
import type { ReadStatement } from './statement.ts';
import { CHALLENGE_CODE, testCards } from './test-cards.ts';
import type { UnansweredRequests } from './unanswered-requests.ts';

interface Parts {
  apiKey: Secret;
  ledger: SandboxLedger;
  statement: ReadStatement;
  unanswered: UnansweredRequests;
}

/**
 * The sandbox's API; README.md lists it. What does not exist is `null` in an answer of 200 where a merchant asks for
 * it: a 404 could come from anything in between.
 */
export const sandboxRoutes =
  ({ apiKey, ledger, statement, unanswered }: Parts): Routes =>
  (app) => {
    const authenticate = requireApiKey(apiKey);
    // Before the body is read.
    app.addHook('onRequest', (request, _reply, done) => {
      authenticate(request.headers.authorization);
      done();
    });

    app.post('/v1/tokens/describe', async ({ body }) => {
      const card = testCards.get(readRequest(sandboxRequests.describe, body).token);
      if (card === undefined) return { card: null };
      const { brand, last4, expiryMonth, expiryYear } = card;
      return { card: { brand, last4, expiryMonth, expiryYear } };
    });

    app.post('/v1/charges', async (request, reply) => {
      const key = idempotencyKeyOf(request);
      const asked = readRequest(sandboxRequests.charge, request.body);
      const card = testCards.get(asked.token);
      // The bank goes on thinking, and charges, also when the merchant has hung up.
      if (card?.delayMs !== undefined && ledger.find(key) === undefined) await delay(card.delayMs);
      const { charge, isNew } = ledger.authorize({ key, ...asked });
      if (isNew && card?.losesAnswer) {
        unanswered.add(reply);
        return reply;
      }
      return { charge: chargeOf(charge) };
    });

    app.get('/v1/charges/:key', async (request) => {
      const charge = ledger.find(keyOf(request));
      return { charge: charge === undefined ? null : chargeOf(charge) };
    });

    app.post('/v1/charges/:key/challenge', async (request) => {
      const { code } = readRequest(sandboxRequests.challenge, request.body);
      return { charge: chargeOf(ledger.answerChallenge(keyOf(request), code)) };
    });

    app.post('/v1/charges/:key/capture', async (request) => ({ charge: chargeOf(ledger.capture(keyOf(request))) }));

    app.post('/v1/charges/:key/void', async (request) => ({ charge: chargeOf(ledger.void(keyOf(request))) }));

    app.post('/v1/refunds', async (request) => {
      const asked = readRequest(sandboxRequests.refund, request.body);
      const { key, status } = ledger.refund({ key: idempotencyKeyOf(request), ...asked });
      return { refund: { key, status } };
    });

    app.get('/v1/statement', async ({ query }) => statement(readRequest(sandboxRequests.statement, query)));
  };

const keyOf = ({ params }: FastifyRequest) => readRequest(sandboxRequests.key, (params as { key: string }).key);

const idempotencyKeyOf = ({ headers }: FastifyRequest) => readRequest(sandboxRequests.key, headers['idempotency-key']);

function chargeOf({ key, status, amount_minor, currency, decline_reason }: ChargeRow) {
  const charge = { key, status, amountMinor: amount_minor, currency };
  if (status === 'DECLINED') return { ...charge, reason: decline_reason };
  if (status !== 'CHALLENGED') return charge;
  return {
    ...charge,
    url: `https://bank.example/challenges/${key}`,
    instructions: `The sandbox's bank has sent the code ${CHALLENGE_CODE}: enter it to confirm the payment.`,
  };
}
