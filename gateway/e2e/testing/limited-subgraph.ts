// A worker: a subgraph that works on so many requests at once, each as long; the others wait for it in a line. How long, it
// can be told anew by a message.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

export interface LimitedSubgraphOptions {
  readonly capacity: number;
  readonly serviceMs: number;
  /** Of its only type: `Item.f0` and so on. */
  readonly fields: number;
}

const { capacity, fields, ...options } = workerData as LimitedSubgraphOptions;
let { serviceMs } = options;
parentPort?.on('message', (ms: number) => {
  serviceMs = ms;
});
const item = Object.fromEntries(Array.from({ length: fields }, (_, index) => [`f${index}`, `value ${index}`]));
const answers = {
  query: JSON.stringify({ data: { item } }),
  mutation: JSON.stringify({ data: { add: 'added' } }),
};
const line: (() => void)[] = [];
let busy = 0;

function work(response: ServerResponse, body: string): void {
  busy++;
  setTimeout(() => {
    busy--;
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    line.shift()?.();
  }, serviceMs);
}

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  request.on('end', () => {
    const body = text.includes('"mutation') ? answers.mutation : answers.query;
    if (busy < capacity) work(response, body);
    else line.push(() => work(response, body));
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  parentPort?.postMessage(`http://127.0.0.1:${port}/graphql`);
});
