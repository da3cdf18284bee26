import { createServer, type Server, type Socket } from 'node:net';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body as they came over the wire. */
  raw: string;
}

/** A mail server on a loopback socket, as small as one can be. */
export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Of each session, what was given by AUTH PLAIN, decoded. */
  readonly credentials: string[];
  /** Answers to RCPT TO other than 250, by address, for example `550 5.1.1 no such user`. */
  readonly refusals: Map<string, string>;
}

/** @param port default: a free one */
export async function startSmtpServer(port = 0): Promise<SmtpServer> {
  const received: ReceivedMail[] = [];
  const credentials: string[] = [];
  const refusals = new Map<string, string>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    let mail: ReceivedMail = { from: '', to: [], raw: '' };
    let inData = false;
    let buffered = '';
    const take = (line: string) => {
      const address = /<(.*?)>/.exec(line)?.[1] ?? '';
      const verb = line.slice(0, 4).toUpperCase();
      if (inData) {
        if (line !== '.') mail.raw += `${line.replace(/^\./, '')}\r\n`;
        else {
          inData = false;
          received.push(mail);
          say('250 2.0.0 taken');
        }
      } else if (verb === 'EHLO') say('250-test\r\n250 AUTH PLAIN');
      else if (verb === 'AUTH') {
        credentials.push(Buffer.from(line.split(' ')[2] ?? '', 'base64').toString());
        say('235 2.7.0 welcome');
      } else if (verb === 'MAIL') {
        mail = { from: address, to: [], raw: '' };
        say('250 2.1.0 ok');
      } else if (verb === 'RCPT') {
        if (!refusals.has(address)) mail.to.push(address);
        say(refusals.get(address) ?? '250 2.1.5 ok');
      } else if (verb === 'DATA') {
        inData = true;
        say('354 go on');
      } else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
      else say('502 5.5.1 not known');
    };
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (buffered + chunk).split('\r\n');
      buffered = lines.pop() ?? '';
      for (const line of lines) take(line);
    });
    say('220 test ESMTP');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    received,
    credentials,
    refusals,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The text of a mail's quoted-printable and encoded-word parts, for a test to search in. */
export function decoded(raw: string): string {
  const bytesOf = (text: string) =>
    text.replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const words = raw
    .replaceAll(/\?=\s+=\?UTF-8\?Q\?/gi, '')
    .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_match, word: string) => word.replaceAll('_', ' '));
  return Buffer.from(bytesOf(words.replaceAll('=\r\n', '')), 'latin1').toString('utf8');
}
