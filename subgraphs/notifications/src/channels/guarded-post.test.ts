import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpReceiver, startHttpReceiver } from '../testing/http-receiver.ts';
import { post } from './guarded-post.ts';

describe('a post to a stranger', () => {
  let receiver: HttpReceiver;
  beforeEach(async () => {
    receiver = await startHttpReceiver();
  });
  afterEach(() => receiver[Symbol.asyncDispose]());

  const send = (more: object = {}, url = receiver.url) =>
    post(new URL(url), { body: '{"ü":1}', headers: { 'x-test': 'yes' }, allowPrivateNetwork: true, ...more });

  it('hands over body and headers, and gives the status', async () => {
    receiver.answer = (response) => response.writeHead(202).end('thanks');
    expect(await send()).toBe(202);
    expect(receiver.received).toMatchObject([{ body: '{"ü":1}', headers: { 'x-test': 'yes', connection: 'close' } }]);
  });

  it('does not reach an address inside the house, by number or by name', async () => {
    const { port } = new URL(receiver.url);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0.0.0.0']) {
      const attempt = send({ allowPrivateNetwork: false }, `http://${host}:${port}/`);
      await expect(attempt, host).rejects.toMatchObject({ failure: 'ADDRESS_REFUSED', isFinal: true });
    }
    expect(receiver.received).toEqual([]);
  });

  it('does not follow where it is sent', async () => {
    receiver.answer = (response) => response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end();
    expect(await send()).toBe(302);
    expect(receiver.received).toHaveLength(1);
  });

  it('does not wait for an answer that does not come, or does not end', async () => {
    receiver.answer = () => {};
    await expect(send({ timeoutMs: 100 })).rejects.toMatchObject({ failure: 'TIMEOUT', isFinal: false });
    receiver.answer = (response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.once('close', () => clearInterval(drip));
    };
    await expect(send({ timeoutMs: 100 })).rejects.toMatchObject({ failure: 'TIMEOUT' });
  });

  it('hangs up on an answer that is too long', async () => {
    let sentBytes = 0;
    receiver.answer = (response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!response.destroyed && sentBytes < 1e9 && response.write(chunk)) sentBytes += chunk.length;
      };
      response.on('drain', more);
      more();
    };
    expect(await send()).toBe(200);
    expect(sentBytes).toBeLessThan(50e6);
  });

  it('says no more than that nobody is there', async () => {
    const { url } = receiver;
    await receiver[Symbol.asyncDispose]();
    await expect(send({}, url)).rejects.toMatchObject({ failure: 'UNREACHABLE', isFinal: false, cause: undefined });
    receiver = await startHttpReceiver();
  });
});
