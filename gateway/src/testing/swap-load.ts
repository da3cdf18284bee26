// A worker: the shop's subgraphs, and clients in a closed loop that check whose answer they get.
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type FakeSubgraph, startFakeSubgraph } from './fake-subgraph.ts';
import { fieldOf, OWNERS, ownerOf, SUBGRAPHS, schemaOf, withOwnFields } from './swap-variants.ts';

/** From the test: where the gateway answers, or that it is enough. */
export type LoadCommand = { readonly url: string } | 'stop';

export type LoadReport =
  | { readonly kind: 'subgraphs'; readonly urls: Readonly<Record<string, string>> }
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'done';
      readonly answers: number;
      readonly generations: number;
      readonly wrong: readonly string[];
    };

const CONNECTIONS = 50;
const MAX_REPORTED = 10;
/** Of a subgraph: so that requests are under way while supergraphs change, and the clients leave time for that. */
const MAX_ANSWER_MS = 200;

/** `[acknowledged, offered]`: numbers of the last supergraph that serves, and of the last that may. */
const numbers = new Int32Array(workerData as SharedArrayBuffer);
const report = (message: LoadReport) => parentPort?.postMessage(message);

const query = `{
  product(id: "1") { name origin source }
  again: product(id: "2") { source origin }
  query: __type(name: "Query") { description }
  fields: __type(name: "Product") { fields { name } }
}`;

async function startSubgraphs(): Promise<FakeSubgraph[]> {
  const product = (name: string) => ({
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    name: () => 'Lamp',
    origin: () => delay(Math.random() * MAX_ANSWER_MS, name),
    source: () => name,
  });
  return Promise.all(
    SUBGRAPHS.map((name) => {
      const sdl = schemaOf(name);
      const isOwner = OWNERS.includes(name);
      const resolvers = {
        ...(name === 'inventory' ? { Query: { product: (_: unknown, { id }: { id: string }) => ({ id }) } } : {}),
        ...(isOwner ? { Product: product(name) } : {}),
      };
      return startFakeSubgraph({ name, sdl: isOwner ? withOwnFields(sdl, name) : sdl, resolvers });
    }),
  );
}

const subgraphs = await startSubgraphs();
const wrong: string[] = [];
const seen = new Set<number>();
let answers = 0;
let isStopping = false;

function post(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${url}/graphql`, { agent, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

/** What is wrong with an answer to a request that was sent when `from` served, and came when `to` may have. */
function fault(text: string, from: number, to: number): string | undefined {
  const { data, errors } = JSON.parse(text);
  if (errors !== undefined) return `failed: ${text}`;
  const number = Number(/\d+$/.exec(data.query.description)?.[0]);
  if (!(from <= number && number <= to)) return `of ${number}, while ${from} to ${to} served`;
  seen.add(number);
  const own = data.fields.fields.map(({ name }: { name: string }) => name).filter((name: string) => /^only/.test(name));
  const owners = [data.product, data.again].flatMap(({ origin, source }) => [origin, source]);
  if (owners.some((owner) => owner !== ownerOf(number))) return `mixed: of ${number}, by ${owners}`;
  if (own.join() !== fieldOf(number)) return `mixed: of ${number}, with ${own}`;
  return undefined;
}

async function client(url: string, agent: Agent): Promise<void> {
  while (!isStopping) {
    const from = Atomics.load(numbers, 0);
    const found = await post(url, agent).then(
      (text) => fault(text, from, Atomics.load(numbers, 1)),
      (error: Error) => `failed: ${error.message}`,
    );
    if (found !== undefined && wrong.length < MAX_REPORTED) wrong.push(found);
    if (answers++ === 0) report({ kind: 'answered' });
    // They keep every request.
    for (const { requests } of subgraphs) requests.length = 0;
  }
}

parentPort?.on('message', async (command: LoadCommand) => {
  if (command === 'stop') {
    isStopping = true;
    return;
  }
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client(command.url, agent)));
  agent.destroy();
  await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
  report({ kind: 'done', answers, generations: seen.size, wrong });
  parentPort?.close();
});
report({ kind: 'subgraphs', urls: Object.fromEntries(subgraphs.map(({ name, url }) => [name, url])) });
