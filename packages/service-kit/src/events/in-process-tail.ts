import { randomBytes } from 'node:crypto';
import type { CloudEvent } from './event.ts';
import type { EventTail, TailedEvent } from './event-tail.ts';

/** Of what was published; it is for those who come back after seconds, not for a history. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 8 * 1024 ** 2;

export interface InProcessTail extends EventTail {
  /** Is told of each event, once. */
  add(event: CloudEvent): void;
}

/** The tail of a bus in one process: its log is in memory, the last of it, and is another one with each process. */
export function inProcessTail(): InProcessTail {
  const log = randomBytes(6).toString('hex');
  const listeners = new Set<(heard: TailedEvent) => void>();
  let kept: { heard: TailedEvent; bytes: number }[] = [];
  let bytes = 0;
  let sequence = 0;
  /** The last event that is no longer there. */
  let forgotten = 0;

  const forget = () => {
    let dropped = 0;
    while (kept.length - dropped > MOST_EVENTS || bytes > MOST_BYTES) {
      const oldest = kept[dropped++];
      if (oldest === undefined) break;
      bytes -= oldest.bytes;
      forgotten = oldest.heard.sequence;
    }
    kept = kept.slice(dropped);
  };

  return {
    name: 'in-process tail',
    system: 'in_process',
    add(event) {
      const heard = { event, log, sequence: ++sequence };
      const size = JSON.stringify(event).length;
      kept.push({ heard, bytes: size });
      bytes += size;
      // Not at each event: what is left is copied.
      if (kept.length > MOST_EVENTS * 1.1 || bytes > MOST_BYTES) forget();
      for (const listener of listeners) listener(heard);
    },
    follow(types, hear, after) {
      const from = after?.log === log ? after.sequence : sequence;
      const listen = (heard: TailedEvent) => {
        if (types.includes(heard.event.type)) hear(heard);
      };
      for (const { heard } of kept) if (heard.sequence > from) listen(heard);
      listeners.add(listen);
      return {
        from: Promise.resolve({ log, sequence: from }),
        ...{ pending: 0, isHearing: true },
        stop: () => void listeners.delete(listen),
      };
    },
    async read({ types, after, upTo, most, mostBytes }) {
      if (after.log !== log || after.sequence < forgotten || after.sequence > sequence) return undefined;
      const behind = kept.filter(({ heard }) => heard.sequence > after.sequence && types.includes(heard.event.type));
      if (behind.length > most) return undefined;
      const events: TailedEvent[] = [];
      let [size, end] = [0, after.sequence];
      for (const { heard, bytes } of behind) {
        if (heard.sequence > upTo) break;
        if (size >= mostBytes) return { events, upTo: end };
        events.push(heard);
        size += bytes;
        end = heard.sequence;
      }
      return { events, upTo };
    },
  };
}
