import { WebSocket } from 'undici';
import type { LiveWay } from './live-way.ts';

const PROTOCOL = 'graphql-transport-ws';
const OPERATION = '1';
/** The first result then has no data, and the id to go on behind. */
const NO_EVENT_YET = '';

/**
 * One subscription on a connection of its own, as graphql-ws' client makes one
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md); gone on with by `extensions.lastEventId`.
 */
export const webSocket: LiveWay = ({ gatewayUrl, accessToken, query, variables, lastEventId }, listener, signal) =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${gatewayUrl.replace(/^http/, 'ws')}/graphql`, PROTOCOL);
    const send = (message: object) => socket.send(JSON.stringify(message));
    const leave = () => socket.close();
    signal.addEventListener('abort', leave, { once: true });
    socket.addEventListener('open', () =>
      send({ type: 'connection_init', payload: { authorization: `Bearer ${accessToken}` } }),
    );
    socket.addEventListener('message', ({ data }) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === 'connection_ack') {
        const extensions = { lastEventId: lastEventId ?? NO_EVENT_YET };
        send({ id: OPERATION, type: 'subscribe', payload: { query, variables, extensions } });
      } else if (type === 'next') {
        const eventId = payload.extensions?.eventId;
        if (payload.data === null && payload.errors === undefined) listener.began(eventId);
        else listener.result(payload, eventId);
      }
      if (type === 'error') listener.result({ errors: payload }, undefined);
      if (type === 'error' || type === 'complete') leave();
    });
    // Refused or lost: `close` follows.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    if (signal.aborted) leave();
  });
