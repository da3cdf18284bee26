import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { asksProvider, POSITIONS, type StepName, stepName } from '../steps/step-name.ts';

/** What the provider's API calls what the payments service does; other calls of it are no steps of an order. */
const CALLS: readonly { name: string; method: string; path: RegExp }[] = [
  { name: 'authorize', method: 'POST', path: /^\/v1\/charges$/ },
  { name: 'find', method: 'GET', path: /^\/v1\/charges\/([^/]+)$/ },
  { name: 'answer the challenge', method: 'POST', path: /^\/v1\/charges\/([^/]+)\/challenge$/ },
  { name: 'capture', method: 'POST', path: /^\/v1\/charges\/([^/]+)\/capture$/ },
  { name: 'void', method: 'POST', path: /^\/v1\/charges\/([^/]+)\/void$/ },
  { name: 'refund', method: 'POST', path: /^\/v1\/refunds$/ },
];

export const providerCalls: readonly string[] = CALLS.map(({ name }) => name);

export interface ProviderProxyOptions {
  port: number;
  providerPort: number;
  /** Whether the call ends there: its caller has been killed, or its connection is to be lost. */
  pass(step: StepName, about: string): boolean;
}

/** Stands between one payments process and the provider, so that each of its calls can be lost, and the process killed around it. */
export async function startProviderProxy(options: ProviderProxyOptions): Promise<{ close(): void }> {
  const server: Server = createServer((incoming, outgoing) => {
    forward(options, incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function forward(
  { providerPort, pass }: ProviderProxyOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await bodyOf(incoming);
  const { method = '', url = '', headers } = incoming;
  const call = CALLS.find((each) => each.method === method && each.path.test(url));
  const about = call && aboutOf(url.match(call.path)?.[1], headers['idempotency-key'], body);
  const at = (position: (typeof POSITIONS)[keyof typeof POSITIONS]) =>
    call !== undefined && pass(stepName(asksProvider(call.name), position), about ?? '');
  if (at(POSITIONS.beforeProvider)) return void outgoing.destroy();

  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const asked = request({ host: '127.0.0.1', port: providerPort, method, path: url, headers, signal: gone.signal });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const answerBody = await bodyOf(answer);
  if (at(POSITIONS.afterProvider)) return void outgoing.destroy();
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody);
}

async function bodyOf(message: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function aboutOf(key: string | undefined, idempotencyKey: string | string[] | undefined, body: Buffer): string {
  const { chargeKey } = (body.length > 0 ? JSON.parse(body.toString()) : {}) as { chargeKey?: string };
  return `payment:${chargeKey ?? key ?? idempotencyKey}`;
}
