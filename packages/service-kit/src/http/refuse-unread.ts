import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../errors/catalogue.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { Logger } from '../log/logger.ts';
import type { AccessFields } from '../log/operation-context.ts';
import { tellRefusal } from './access-line.ts';
import { newId } from './new-id.ts';

/** Node's and its parser's, in our catalogue; all else is no HTTP. */
const CODES: Record<string, ErrorCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
};

/** A request whose body did not arrive, as far as an answer needs it. */
export interface UnreadRequest {
  readonly id: string;
  /** All of it has arrived: what is refused is what follows it. */
  isWhole(): boolean;
  /** Told with what it was refused. */
  refused(error: CodedError): void;
}

export interface RefuseUnreadOptions {
  /** Of every answer. */
  headers: Readonly<Record<string, string>>;
  /** The last one under way on that connection; undefined where not even its headers were whole. */
  requestOf(socket: Socket): UnreadRequest | undefined;
  log: Logger;
}

/**
 * Answers what no handler gets to see, as it does not arrive as a whole or is no HTTP: with a coded error, and the end of
 * the connection. In place of Node's `clientError` (https://nodejs.org/api/http.html#event-clienterror).
 */
export function refuseUnread({ headers, requestOf, log }: RefuseUnreadOptions) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const refusal = new CodedError(CODES[error.code ?? ''] ?? 'BAD_REQUEST');
    const last = requestOf(socket);
    const request = last?.isWhole() ? undefined : last;
    const id = request?.id ?? newId();
    if (request !== undefined) request.refused(refusal);
    // It has no access line of its own.
    else log.info({ request_id: id, ...fieldsOf(refusal) }, 'request refused unread');
    if (socket.writable && !hasBegun(socket)) socket.write(textOf(refusal, id, headers));
    socket.destroy(error);
  };
}

/** There is no more to say of what is no request: its method and route are not known. */
function fieldsOf(refusal: CodedError): AccessFields {
  const fields: AccessFields = { status: String(refusal.status), transport: 'http' };
  tellRefusal(fields, refusal);
  return fields;
}

/** What follows would be read as a part of the answer. Node itself looks there, and has no other place that tells. */
const hasBegun = (socket: Socket & { _httpMessage?: ServerResponse }) => socket._httpMessage?.headersSent === true;

function textOf({ status, message, code }: CodedError, requestId: string, headers: RefuseUnreadOptions['headers']) {
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  const fields = {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
