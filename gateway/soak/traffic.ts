import { hash, randomBytes } from 'node:crypto';
import { type Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** A kind of client. `statuses`: what it may be answered; none where it does not wait for an answer. */
interface Traffic {
  name: string;
  weight: number;
  statuses: readonly number[];
  send(post: Post, target: Target): Promise<Answer>;
}

/** Where to, and as whom. */
export interface Target {
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly agent: Agent;
  /** An access token that is good for as long as the run. */
  readonly token: string;
}

export interface Answer {
  status: number;
  text: string;
}

type Post = (
  body: string | Buffer,
  options?: { headers?: Record<string, string>; leaveAfterMs?: number },
) => Promise<Answer>;

/** Where there is no answer, but an error of the connection. */
const LOST = -1;
/** Of one who has left. */
const NO_ANSWER: Answer = { status: 0, text: '' };
/** Too much at once is refused, whatever it was. */
const SHED = [429, 503];
/** More than so much of it, and the gateway has refused what it could have answered. */
const MAX_SHED = 0.02;
const KNOWN = '{ books { isbn title } }';

const asked = (query: string, more: object = {}) => JSON.stringify({ query, ...more });
const random = () => Math.floor(Math.random() * 1e9);

const traffic: readonly Traffic[] = [
  { name: 'light', weight: 40, statuses: [200], send: (post) => post(asked('{ books { title pages } }')) },
  {
    name: 'entities of a subgraph that may be ill',
    weight: 30,
    statuses: [200],
    send: (post) => post(asked('{ books { title rating reviews { stars } weight } }')),
  },
  {
    name: 'a document that nobody has sent before',
    weight: 10,
    statuses: [200],
    send: (post) => post(asked(`{ b${random()}: books { t${random()}: title } }`)),
  },
  {
    name: 'variables',
    weight: 10,
    statuses: [200],
    send: (post) =>
      post(asked('query ($isbn: ID!) { book(isbn: $isbn) { title } }', { variables: { isbn: `${random()}` } })),
  },
  {
    name: 'a mutation',
    weight: 5,
    statuses: [200],
    send: (post) =>
      post(
        asked('mutation ($title: String!) { addBook(title: $title) { isbn rating } }', { variables: { title: 'New' } }),
      ),
  },
  {
    name: 'somebody who has signed in',
    weight: 10,
    statuses: [200],
    send: (post, { token }) =>
      post(asked('{ books { isbn pages } }'), { headers: { authorization: `Bearer ${token}` } }),
  },
  {
    name: 'a bad token',
    weight: 2,
    statuses: [401],
    send: (post, { token }) =>
      post(asked('{ books { isbn } }'), { headers: { authorization: `Bearer ${token.slice(0, -8)}${random()}` } }),
  },
  {
    name: 'a compressed body',
    weight: 5,
    statuses: [200],
    send: (post) => post(gzipSync(asked('{ books { pages } }')), { headers: { 'content-encoding': 'gzip' } }),
  },
  {
    name: 'a document by its hash',
    weight: 5,
    statuses: [200],
    send: (post) => {
      const persistedQuery = { version: 1, sha256Hash: hash('sha256', KNOWN) };
      return post(JSON.stringify({ query: KNOWN, extensions: { persistedQuery } }));
    },
  },
  { name: 'a WebSocket', weight: 4, statuses: [200], send: (_post, { url }) => askByWebSocket(url) },
  {
    name: 'a subgraph error',
    weight: 3,
    statuses: [200],
    send: (post) => post(asked('{ broken refused books { isbn } }')),
  },
  {
    name: 'too deep',
    weight: 2,
    statuses: [400],
    send: (post) => post(asked(`{ a${'{ b'.repeat(100)}${' }'.repeat(101)}`)),
  },
  {
    name: 'too many tokens',
    weight: 2,
    statuses: [400],
    send: (post) => post(asked(`{ books ${'@aa'.repeat(5000)} { isbn } }`)),
  },
  { name: 'no field of the schema', weight: 2, statuses: [400], send: (post) => post(asked(`{ x${random()} }`)) },
  { name: 'garbage', weight: 2, statuses: [400], send: (post) => post(randomBytes(500)) },
  {
    name: 'too large',
    weight: 1,
    // Its connection may be closed before it is sent as a whole.
    statuses: [413, LOST],
    send: (post) => post(asked(`{ books { isbn } } #${'x'.repeat(2_000_000)}`)),
  },
  {
    name: 'no JSON',
    weight: 2,
    statuses: [415],
    send: (post) => post('query={books{isbn}}', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  },
  {
    name: 'one who leaves',
    weight: 8,
    statuses: [0, 200],
    send: (post) => post(asked('{ books { title rating } }'), { leaveAfterMs: Math.random() * 10 }),
  },
];

const TOTAL = traffic.reduce((sum, { weight }) => sum + weight, 0);
const MAX_FINDINGS = 10;

export interface TrafficReport {
  /** By the name of the traffic and the status. */
  counts: Map<string, number>;
  /** Operations of a subgraph that is well that had no answer, or one with errors. */
  failedLight: number;
  findings: string[];
}

/** Clients that send one request after the other, of all kinds, until `isOver`. */
export async function sendTraffic(target: Target, clients: number, isOver: () => boolean): Promise<TrafficReport> {
  const report: TrafficReport = { counts: new Map(), failedLight: 0, findings: [] };
  const post = poster(target);
  let sent = 0;
  let shed = 0;
  const client = async () => {
    while (!isOver()) {
      const { name, statuses, send } = drawn();
      const answer = await send(post, target).catch((error: Error) => ({ status: LOST, text: error.message }));
      const key = `${name}: ${answer.status}`;
      report.counts.set(key, (report.counts.get(key) ?? 0) + 1);
      sent++;
      if (SHED.includes(answer.status)) shed++;
      const isExpected = statuses.includes(answer.status) || SHED.includes(answer.status);
      // A few of them are: clients and subgraphs share a process, which is busy at times.
      if (name === 'light' && answer.status === 200 && !answer.text.startsWith('{"data":')) report.failedLight++;
      if (!isExpected && report.findings.length < MAX_FINDINGS)
        report.findings.push(`${key}: ${answer.text.slice(0, 200)}`);
      // What is measured is what stays, not how fast it goes.
      await delay(2);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  if (shed > sent * MAX_SHED) report.findings.push(`${shed} of ${sent} requests were refused as too many`);
  return report;
}

function drawn(): Traffic {
  let left = Math.random() * TOTAL;
  for (const each of traffic) {
    left -= each.weight;
    if (left < 0) return each;
  }
  return traffic[0] as Traffic;
}

/** One operation on a connection of its own, which is closed after it. */
function askByWebSocket(url: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    let answer: Answer = { status: LOST, text: 'closed before the answer' };
    socket.onopen = () => socket.send('{"type":"connection_init"}');
    socket.onmessage = ({ data }) => {
      const text = String(data);
      if (text.includes('connection_ack'))
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ books { title } }' } }));
      else if (text.includes('"next"')) answer = { status: 200, text };
      else if (text.includes('"complete"') || text.includes('"error"')) socket.close();
    };
    socket.onclose = () => resolve(answer);
  });
}

function poster({ url, agent }: Target): Post {
  return (body, { headers = {}, leaveAfterMs } = {}) =>
    new Promise((resolve, reject) => {
      const all = {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        'apollographql-client-name': 'soak',
        ...headers,
      };
      const sent = request(`${url}/graphql`, { agent, method: 'POST', headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('error', fail);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      });
      // A body that is too large is answered while it is still being sent.
      const fail = (error: Error) => (leaveAfterMs === undefined ? reject(error) : resolve(NO_ANSWER));
      sent.once('error', fail);
      sent.end(body);
      if (leaveAfterMs !== undefined) setTimeout(() => sent.destroy(), leaveAfterMs);
    });
}
