import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@tributary/service-kit/testing';
import { afterEach, expect, test } from 'vitest';
import { type CollectorForwarder, collectorForwarder } from './collector-forwarder.ts';

const NO_SPANS = '{"resourceSpans":[]}';
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A Jaeger: it takes spans in, and has pages. */
async function jaeger(port = 0) {
  const bodies: string[] = [];
  const answer = { status: 200, pages: 200 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const isExport = request.method === 'POST' && request.url === '/v1/traces';
    if (isExport) bodies.push(body);
    response.writeHead(isExport ? answer.status : answer.pages).end('{}');
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  cleanups.push(stop);
  const number = (server.address() as AddressInfo).port;
  return { bodies, answer, port: number, url: `http://127.0.0.1:${number}`, stop };
}

function forwarderTo(url: string, jaegerUrl = url): CollectorForwarder {
  const forwarder = collectorForwarder({ collectorUrl: url, jaegerUrl, lookEveryMs: 20 });
  cleanups.push(() => forwarder.stop());
  return forwarder;
}

const send = (forwarder: CollectorForwarder, body: string) => forwarder.forward(Buffer.from(body));
const exportsOf = (bodies: readonly string[]) => bodies.filter((body) => body !== NO_SPANS);

test('spans are handed on as they came, and the pages are known', async () => {
  const { bodies, url } = await jaeger();
  const forwarder = forwarderTo(url);
  await until('the pages', () => forwarder.jaegerUrl === url);
  send(forwarder, '{"resourceSpans":[{"é":1}]}');
  await until('the spans', () => exportsOf(bodies).length > 0);
  expect(exportsOf(bodies)).toEqual(['{"resourceSpans":[{"é":1}]}']);
});

test('nothing listens: nothing is sent, nothing fails; who comes later is found', async () => {
  const gone = await jaeger();
  gone.stop();
  const forwarder = forwarderTo(gone.url);
  send(forwarder, 'early');
  expect(forwarder.jaegerUrl).toBeUndefined();
  const { bodies } = await jaeger(gone.port);
  await until('the pages', () => forwarder.jaegerUrl !== undefined);
  send(forwarder, 'late');
  await until('the spans', () => exportsOf(bodies).length > 0);
  expect(exportsOf(bodies)).toEqual(['late']);
});

test('a collector without pages gets spans, and no link is shown', async () => {
  const { bodies, answer, url } = await jaeger();
  answer.pages = 404;
  const forwarder = forwarderTo(url);
  await until('a look', () => bodies.length > 1);
  send(forwarder, 'spans');
  await until('the spans', () => exportsOf(bodies).length > 0);
  expect(forwarder.jaegerUrl).toBeUndefined();
});

test('another program that listens there gets nothing but the look', async () => {
  const { bodies, answer, url } = await jaeger();
  answer.status = 404;
  const forwarder = forwarderTo(url);
  await until('two looks', () => bodies.length > 2);
  send(forwarder, 'spans');
  const looks = bodies.length;
  await until('one more look', () => bodies.length > looks);
  expect(exportsOf(bodies)).toEqual([]);
  expect(forwarder.jaegerUrl).toBeUndefined();
});

test('one that does not keep up is sent eight at a time, and no more', async () => {
  let waiting = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (body === NO_SPANS || request.method === 'GET') response.end('{}');
    else waiting++;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const forwarder = forwarderTo(url);
  await until('the pages', () => forwarder.jaegerUrl === url);
  for (let count = 0; count < 50; count++) send(forwarder, 'spans');
  await until('what is under way', () => waiting === 8);
  expect(waiting).toBe(8);
});
