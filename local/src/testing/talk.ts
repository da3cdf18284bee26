/** What is said on a WebSocket; texts go as they are. */
export interface Talk {
  /** Default `graphql-transport-ws`. */
  protocol?: string;
  /** As soon as it is open. */
  opening: readonly (object | string)[];
  /** Once it is acknowledged. */
  messages?: readonly (object | string)[];
  /** The code that the client closes it with. Default 1000. */
  leavingWith?: number;
}

/** What came back, and the code of its end. */
export interface Talked {
  texts: readonly string[];
  code: number;
}

const PROTOCOL = 'graphql-transport-ws';
/** After one of these nothing more is waited for. */
const ANSWERS = ['next', 'error', 'pong'];

/** Opens a WebSocket to a gateway, says all of it, and leaves once it is answered. @param url the gateway's */
export function talk(
  url: string,
  { protocol = PROTOCOL, opening, messages = [], leavingWith = 1000 }: Talk,
): Promise<Talked> {
  const texts: string[] = [];
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocol);
  const say = (all: Talk['opening']) => {
    for (const message of all) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  };
  return new Promise((resolve) => {
    socket.addEventListener('open', () => say(opening));
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      texts.push(text);
      const { type } = JSON.parse(text);
      if (type === 'connection_ack') say(messages);
      if (ANSWERS.includes(type) || (type === 'connection_ack' && messages.length === 0)) socket.close(leavingWith);
    });
    // A handshake that is refused; `close` follows.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code }) => resolve({ texts, code }));
  });
}
