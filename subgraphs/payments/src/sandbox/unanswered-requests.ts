import type { Component } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';

/** Longer than any caller waits. */
const MAX_WAIT_MS = 120_000;

export interface UnansweredRequests extends Component {
  /** Lets a request hang until its caller gives up. */
  add(reply: FastifyReply): void;
}

/** Requests whose answer gets lost. They are hung up on when the server stops, which would else wait for them. */
export function createUnansweredRequests(): UnansweredRequests {
  const hanging = new Set<() => void>();
  let stopped = false;
  return {
    name: 'unanswered requests',
    add(reply) {
      reply.hijack();
      const { raw } = reply;
      const hangUp = () => raw.destroy();
      hanging.add(hangUp);
      raw.once('close', () => hanging.delete(hangUp));
      raw.setTimeout(MAX_WAIT_MS, hangUp);
      if (stopped) hangUp();
    },
    stop() {
      stopped = true;
      for (const hangUp of hanging) hangUp();
    },
  };
}
