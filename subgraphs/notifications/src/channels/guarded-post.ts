import { lookup as resolve } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { DeliveryFailedError } from '../domain/delivery-failed-error.ts';
import { isPublicAddress } from '../domain/public-address.ts';

/** What comes back is thrown away; a receiver that sends more than this is hung up on. */
const MAX_RESPONSE_BYTES = 64 * 1024;

export interface GuardedPostOptions {
  body: string;
  headers: Readonly<Record<string, string>>;
  /** Also to addresses that are not of the open internet. */
  allowPrivateNetwork: boolean;
  /** For the whole exchange. Default 10000. */
  timeoutMs?: number;
}

/**
 * Posts to a URL that a stranger chose, and gives the answer's status. The connection goes to the very addresses that
 * were checked, redirects are answers like any other, and no connection is used twice.
 *
 * @throws DeliveryFailedError ADDRESS_REFUSED, TIMEOUT, UNREACHABLE
 */
export async function post(url: URL, options: GuardedPostOptions): Promise<number> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // An address in the URL is connected to without a look-up.
  if (!options.allowPrivateNetwork && isIP(host) !== 0 && !isPublicAddress(host)) throw addressRefused();
  const signal = AbortSignal.timeout(options.timeoutMs ?? 10_000);
  try {
    return await exchange(url, options, signal);
  } catch (error) {
    if (error instanceof DeliveryFailedError) throw error;
    throw new DeliveryFailedError(signal.aborted ? 'TIMEOUT' : 'UNREACHABLE');
  }
}

function exchange(url: URL, { body, headers, allowPrivateNetwork }: GuardedPostOptions, signal: AbortSignal) {
  const { promise, resolve: settle, reject } = Promise.withResolvers<number>();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    signal,
    ...(allowPrivateNetwork ? {} : { lookup: lookupPublic }),
  });
  request.on('error', reject);
  request.once('response', (response: IncomingMessage) => {
    let receivedBytes = 0;
    response.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length;
      if (receivedBytes > MAX_RESPONSE_BYTES) response.destroy();
    });
    response.on('error', reject);
    response.once('close', () => settle(response.statusCode ?? 0));
  });
  request.end(body);
  return promise;
}

/** A name's addresses, when all of them are public. The socket connects to what this gives, so nothing can change between. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error ?? new Error('no address'), []);
    if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(addressRefused(), []);
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

const addressRefused = () => new DeliveryFailedError('ADDRESS_REFUSED', { isFinal: true });
