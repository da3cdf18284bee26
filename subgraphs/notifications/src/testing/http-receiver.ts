import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';

export interface ReceivedRequest {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP server on a loopback socket that remembers what it was sent. */
export interface HttpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** How the next requests are answered; default 204. */
  answer: (response: ServerResponse, request: ReceivedRequest) => void;
}

export async function startHttpReceiver(): Promise<HttpReceiver> {
  const receiver = {
    received: [] as ReceivedRequest[],
    answer: ((response) => response.writeHead(204).end()) as HttpReceiver['answer'],
  };
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
    receiver.received.push(received);
    receiver.answer(response, received);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
