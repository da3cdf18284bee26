import { createServiceIdentityVerifier, generateServiceKeyPair, type Identity, newId } from '@tributary/service-kit';
import { startTestSubgraph, type TestDatabase, type TestSubgraph } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { notificationsConfig } from '../config.ts';
import { subgraph } from '../subgraph.ts';
import { deliveries, notifications } from '../tables.ts';
import { type HttpReceiver, startHttpReceiver } from './http-receiver.ts';

export type User = Identity & { kind: 'user' };
type Config = z.input<typeof notificationsConfig>;

/** What the users subgraph says of somebody; null when the account is closed. */
export interface Addressee {
  email: string | null;
  name: string | null;
  locale: 'EN' | 'DE';
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads payloads of many shapes
type Payload = any;

const FIELDS: Record<string, string> = {
  markNotificationRead: 'notification { id readAt }',
  updateNotificationPreferences: 'preferences { category channel enabled required }',
  registerWebhook: 'secret webhook { id url kinds }',
  removeWebhook: 'webhook { id }',
  enableWebhook: 'webhook { id status failuresInRow lastFailure disabledAt disabledReason }',
  setQuietHours: 'quietHours { start end timeZone }',
};
const ERROR_FIELDS: Record<string, string> = {
  updateNotificationPreferences: '... on ChannelRequiredError { category channel } ... on InvalidInputError { field }',
  setQuietHours: '... on InvalidInputError { field }',
  registerWebhook: '... on TooManyWebhooksError { limit } ... on InvalidInputError { field }',
};

export interface TestNotifications extends TestSubgraph {
  admin: User;
  /** Stands for the users subgraph, at its door; `status` is what it answers with, 200 at first. */
  users: HttpReceiver & { people: Map<string, Addressee>; status: number };
  /** Somebody with an account; by default one who reads English. */
  newUser(addressee?: Partial<Addressee>): User;
  /** Tells of what happened to the user; gives the event's id. */
  hear(type: string, data: Record<string, unknown>, id?: string): Promise<string>;
  placed(user: User, change?: object): Promise<string>;
  /** Runs one mutation and gives its payload, or the code of the error that it met. */
  mutate(name: string, input: Record<string, unknown>, identity?: Identity): Promise<Payload>;
  deliveriesOf(user: User): Promise<(typeof deliveries.$inferSelect)[]>;
  recordsOf(user: User): Promise<(typeof notifications.$inferSelect)[]>;
}

/** The notifications subgraph with quick workers and a stand-in for users; mails go to the mailbox unless said otherwise. */
export async function startNotifications(
  database?: TestDatabase,
  config: Partial<Config> = {},
): Promise<TestNotifications> {
  const { privateKey, publicKeys } = await generateServiceKeyPair('notifications');
  const users = await startUsers(publicKeys);
  const server = await startTestSubgraph(subgraph, {
    ...(database === undefined ? {} : { database }),
    config: { ...testConfig(users.url), ...config, identity: { key: privateKey } },
  });
  const stop = async () => {
    await server.stop();
    await users[Symbol.asyncDispose]();
  };

  const hear: TestNotifications['hear'] = async (type, data, id = newId()) => {
    await server.deliver({ id, type: `${type}.v1`, subject: String(data.orderId ?? data.userId), data });
    return id;
  };

  return {
    ...server,
    users,
    hear,
    stop,
    [Symbol.asyncDispose]: stop,
    admin: { kind: 'user', userId: newId(), roles: ['admin'] },
    newUser(addressee = {}) {
      const userId = newId();
      users.people.set(userId, { email: `${userId}@example.com`, name: 'Ada Example', locale: 'EN', ...addressee });
      return { kind: 'user', userId, roles: ['customer'] };
    },
    placed: (user, change = {}) => hear('orders.order.placed', { ...orderOf(user), ...change }),
    async mutate(name, input, identity) {
      const inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
      const errors = `errors { __typename ... on DomainError { code } ${ERROR_FIELDS[name] ?? ''} }`;
      const document = `mutation ($input: ${inputType}) { ${name}(input: $input) { ${FIELDS[name]} ${errors} } }`;
      const answer = await server.query(document, { input }, identity);
      return answer.data?.[name] ?? answer.errors?.[0]?.extensions.code;
    },
    async deliveriesOf({ userId }) {
      const rows = await server.database.db
        .select({ delivery: deliveries })
        .from(deliveries)
        .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
        .where(eq(notifications.userId, userId));
      return rows.map(({ delivery }) => delivery);
    },
    recordsOf: ({ userId }) => server.database.db.select().from(notifications).where(eq(notifications.userId, userId)),
  };
}

/** Quick to try again, and allowed to call this machine. */
export const testConfig = (usersUrl: string) =>
  ({
    publicUrl: 'https://shop.example',
    users: { url: usersUrl },
    email: { transport: 'mailbox' },
    unsubscribeSecret: 'a secret of the tests, long enough to be one',
    webhooks: {
      encryptionSecret: 'another secret of the tests, long enough',
      allowInsecure: true,
      allowPrivateNetwork: true,
    },
    deliveries: { pollInterval: '20ms', firstRetryAfter: '20ms', maxAttempts: 4 },
  }) satisfies Config;

/** An order of the user's, as an event tells of it. */
export const orderOf = ({ userId }: User) => ({
  orderId: newId(),
  customerId: userId,
  number: 'T-2026-000123',
  total: { amountMinor: 123_450, currency: 'EUR' },
});

/** Answers only to a service that shows who it is, as users does. */
async function startUsers(callers: Awaited<ReturnType<typeof generateServiceKeyPair>>['publicKeys']) {
  const verifier = createServiceIdentityVerifier('users', { notifications: callers });
  const users = Object.assign(await startHttpReceiver(), { people: new Map<string, Addressee>(), status: 200 });
  users.answer = async (response, { headers, body }) => {
    const identity = await verifier.verify(headers.authorization);
    const isKnown = identity.kind === 'service' && identity.service === 'notifications';
    const user = isKnown ? (users.people.get(JSON.parse(body).variables.id) ?? null) : null;
    response.writeHead(users.status, { 'content-type': 'application/json' });
    response.end(users.status === 200 ? JSON.stringify({ data: { user } }) : '');
  };
  return users;
}
