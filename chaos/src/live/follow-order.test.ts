import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { followOrder, newFollowing } from './follow-order.ts';
import type { LiveListener, LiveRequest, LiveWay } from './live-way.ts';

const account = { id: 'c', email: 'c@example.com', password: 'p', accessToken: 'token' };
const shown = (status: string, steps: number) => ({
  data: { orderUpdated: { status, timeline: Array(steps).fill({ status }) } },
});

/** Each connection does one of `turns`, and is then lost; the last one stays open. Gives what was asked for. */
async function follow(...turns: ((listener: LiveListener) => void)[]) {
  const asked: LiveRequest[] = [];
  const following = newFollowing('order-1', 'test');
  const stopping = new AbortController();
  const open: LiveWay = async (request, listener, signal) => {
    asked.push(request);
    turns[asked.length - 1]?.(listener);
    if (asked.length < turns.length || signal.aborted) return;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  const options = { gatewayUrl: 'http://127.0.0.1:1', account, following, open, random: createRandom(1) };
  // None of these turns shows an end, but one: what stays open is left when it was heard.
  await followOrder({ ...options, signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(6000)]) });
  return { following, lastEventIds: asked.map(({ lastEventId }) => lastEventId) };
}

describe('who follows an order', () => {
  it('goes on behind the last result, and leaves a moment after its end', async () => {
    const { following, lastEventIds } = await follow(
      (listener) => listener.began('s-4'),
      (listener) => listener.result(shown('RESERVED', 2), 's-7'),
      (listener) => listener.result(shown('PAID', 4), 's-9'),
      () => {},
    );
    expect(lastEventIds.slice(0, 3)).toEqual([undefined, 's-4', 's-7']);
    expect(following).toMatchObject({
      ...{ began: 4, hasEnded: true },
      heard: [
        { at: 7, steps: 2 },
        { at: 9, steps: 4 },
      ],
    });
  });

  it('asks again for what could not be shown, and hears nothing more of that connection', async () => {
    const failed = { data: null, errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] } as const;
    const { following, lastEventIds } = await follow(
      (listener) => {
        listener.result(shown('RESERVED', 2), 's-7');
        listener.result({ ...failed, errors: [...failed.errors] }, 's-8');
        listener.result(shown('CONFIRMED', 4), 's-9');
      },
      (listener) => listener.result(shown('PAID', 4), 's-8'),
      () => {},
    );
    expect(lastEventIds.slice(0, 2)).toEqual([undefined, 's-7']);
    expect(following.heard.map(({ at }) => at)).toEqual([7, 8]);
    expect(following).toMatchObject({ began: 6, refusal: 'SUBGRAPH_UNAVAILABLE' });
  });
});
