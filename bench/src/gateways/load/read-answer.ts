/** An HTTP/1.1 answer as far as the benchmark looks at it. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '0\r\n\r\n';

/**
 * The answer that `bytes` are; or, while they are only its beginning, how many there must be before another look is
 * worth it. Chunked bodies must be JSON, in which the end of the last chunk cannot occur.
 */
export function readAnswer(bytes: Buffer): Answer | number {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return bytes.length + 1;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyStart + Number(length);
    return bytes.length < end ? end : { status, body: bytes.subarray(bodyStart, end) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`an answer of unknown length:\n${head}`);
  if (bytes.toString('latin1', bytes.length - LAST_CHUNK.length) !== LAST_CHUNK) return bytes.length + 1;
  return { status, body: readChunks(bytes.subarray(bodyStart)) };
}

function readChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
