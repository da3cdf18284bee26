import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse, validate } from 'graphql';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As it arrived. */
  text: string;
  body: { query: string; variables?: Record<string, unknown>; operationName?: string };
}

export type RawAnswer = (request: SeenRequest, response: ServerResponse) => void;

/** A real subgraph on a loopback port, which remembers what it was asked and can be told to misbehave. */
export interface FakeSubgraph extends AsyncDisposable {
  readonly name: string;
  readonly sdl: string;
  /** Of its GraphQL endpoint. */
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Answers GraphQL requests from now on; undefined: properly again. */
  answerWith(answer: RawAnswer | undefined): void;
  /** Answers everything that is not `/graphql`. */
  answerOthersWith(answer: RawAnswer): void;
  close(): Promise<void>;
}

export interface FakeSubgraphOptions {
  name: string;
  sdl: string;
  resolvers: object;
}

export async function startFakeSubgraph({ name, sdl, resolvers }: FakeSubgraphOptions): Promise<FakeSubgraph> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  const requests: SeenRequest[] = [];
  let misbehave: RawAnswer | undefined;
  let answerOthers: RawAnswer = (_request, response) => response.writeHead(404).end();

  const answer: RawAnswer = async ({ body }, response) => {
    const document = parse(body.query);
    const errors = validate(schema, document);
    const result =
      errors.length > 0
        ? { errors }
        : await execute({ schema, document, variableValues: body.variables, operationName: body.operationName });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  };
  const server = createServer(async (request, response) => {
    const seen = await readRequest(request).catch(() => undefined);
    if (seen === undefined) return;
    if (seen.path !== '/graphql') {
      answerOthers(seen, response);
      return;
    }
    requests.push({ ...seen, body: JSON.parse(seen.text) });
    (misbehave ?? answer)({ ...seen, body: JSON.parse(seen.text) }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    name,
    sdl,
    url: `http://127.0.0.1:${port}/graphql`,
    requests,
    answerWith(next) {
      misbehave = next;
    },
    answerOthersWith(next) {
      answerOthers = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, text, body: { query: '' } };
}

/** Answers with this JSON, whatever was asked. */
export const json =
  (body: unknown, status = 200): RawAnswer =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
