// A process: the subgraph of reviews, without a library, that falls ill when it is told to. Usage: sick-subgraph.ts PORT
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Illness = 'none' | 'hangs' | 'drips' | 'floods' | 'sends garbage' | 'is slow';

const MIB = 1024 ** 2;
const PIECE = Buffer.alloc(MIB, ' ');
const JSON_TYPE = { 'content-type': 'application/json' };

const answerOf = (body: string): string => {
  const { query, variables } = JSON.parse(body);
  if (!query.includes('_entities')) return '{"data":{"latestReviews":[{"stars":5}]}}';
  const entities = variables.representations.map(() => ({ __typename: 'Book', rating: 4.5 }));
  return JSON.stringify({ data: { _entities: entities } });
};

function flood(response: ServerResponse): void {
  let sent = 0;
  const more = () => {
    while (sent < 100 && !response.destroyed) {
      sent++;
      if (!response.write(PIECE)) return;
    }
    if (!response.destroyed) response.end();
  };
  response.on('drain', more).writeHead(200, JSON_TYPE);
  more();
}

const answers: Record<Illness, (body: string, response: ServerResponse) => void> = {
  none: (body, response) => response.writeHead(200, JSON_TYPE).end(answerOf(body)),
  hangs: () => {},
  drips: (_body, response) => {
    response.writeHead(200, JSON_TYPE);
    const timer = setInterval(() => response.write(' '), 10);
    response.once('close', () => clearInterval(timer));
  },
  floods: (_body, response) => flood(response),
  'sends garbage': (_body, response) => response.writeHead(200, JSON_TYPE).end(`{"data":${'['.repeat(100_000)}`),
  'is slow': (body, response) => {
    const timer = setTimeout(() => answers.none(body, response), 10_000);
    response.once('close', () => clearTimeout(timer));
  },
};

let illness: Illness = 'none';
let asked = 0;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    if (request.url === '/graphql') {
      asked++;
      answers[illness](body, response);
    } else {
      if (body !== '') illness = body as Illness;
      response.end(String(asked));
    }
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
