/** What a container prints, as the container runtime writes it to its file, and what becomes of it. */
export interface LineFixture {
  name: string;
  /** The file's bytes, whole lines with their newlines. */
  file: Buffer;
  /** Documents, in their order. Fields that are not named here may be there too. */
  // biome-ignore lint/suspicious/noExplicitAny: documents of Elasticsearch
  documents: readonly Record<string, any>[];
}

const TIME = '2026-11-29T18:00:00.123456789Z';
/** containerd and CRI-O cut a line after so many bytes. */
const PIECE = 16 * 1024;

const bytes = (...parts: (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
const line = (tag: 'F' | 'P', text: string | Buffer, stream = 'stdout', time = TIME) =>
  bytes(`${time} ${stream} ${tag} `, text, '\n');

/** A line that the runtime has cut into pieces. */
function cut(text: string | Buffer): Buffer {
  const whole = Buffer.from(text);
  const pieces = [];
  for (let from = 0; from < whole.length; from += PIECE) {
    const isLast = from + PIECE >= whole.length;
    pieces.push(line(isLast ? 'F' : 'P', whole.subarray(from, from + PIECE)));
  }
  return Buffer.concat(pieces);
}

const access = {
  level: 'info',
  time: '2026-11-29T18:00:00.120Z',
  service: 'gateway',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  request_id: '0199c1f0-7a4e-7c3b-9d21-5f0e8a6b4c12',
  method: 'POST',
  route: '/graphql',
  status: '200',
  operation: 'PlaceOrder',
  operation_type: 'mutation',
  transport: 'http',
  outcome: 'partial',
  code: 'SUBGRAPH_UNAVAILABLE',
  errors: 2,
  cost: 12,
  client: 'storefront',
  client_version: '2.1.0',
  user: '7cc65ef4faf10281',
  duration_ms: 12.3,
  message: 'request',
};
const { time: _, ...accessDocument } = access;

const ended = {
  transport: 'sse',
  ended: 'slow_consumer',
  close_code: '4509',
  results: 12,
  errors: 0,
  open_ms: 90_000.5,
};
const audit = {
  service: 'users',
  audit_event: 'sign_in',
  audit_outcome: 'INVALID_CREDENTIALS',
  user: '7cc65ef4faf10281',
};

/** The second piece begins with a blank: what strips blanks would lose it. */
const longNote = `${'x'.repeat(PIECE)} y`;
/** The two bytes of ü are in two pieces. */
const split = `${'x'.repeat(PIECE - 1)}ü`;
const megabyte = JSON.stringify({ ...access, notes: Array.from({ length: 1024 }, () => 'n'.repeat(1000)) });
const stackTrace = [
  'Exception in thread "main" java.lang.IllegalStateException: no stock',
  '\tat com.example.Stock.take(Stock.java:12)',
  '\tat com.example.Main.main(Main.java:5)',
  'Caused by: java.io.IOException: closed',
  '\tat com.example.Disk.read(Disk.java:7)',
  '\t... 2 more',
];

export const lineFixtures: readonly LineFixture[] = [
  {
    name: 'an access line of a service',
    file: line('F', JSON.stringify(access)),
    documents: [{ ...accessDocument, status: 200, format: 'service', stream: 'stdout' }],
  },
  {
    name: 'an error of a service, with fields that are no columns',
    file: line(
      'F',
      JSON.stringify({
        level: 'error',
        time: '2026-11-29T18:00:01.000Z',
        service: 'orders',
        err: {
          type: 'DatabaseError',
          code: '23505 orders_key',
          stack: ['at a.ts:1', 'at b.ts:2'],
          cause: { type: 'E' },
        },
        attempt: { number: 3 },
        message: 'resolver failed',
      }),
      'stderr',
    ),
    documents: [
      {
        format: 'service',
        stream: 'stderr',
        level: 'error',
        service: 'orders',
        message: 'resolver failed',
        err: { type: 'DatabaseError', code: '23505 orders_key', stack: 'at a.ts:1\nat b.ts:2', cause: { type: 'E' } },
        fields: { attempt: { number: 3 } },
      },
    ],
  },
  {
    name: 'a value of another kind stays among the other fields',
    file: line(
      'F',
      JSON.stringify({
        ...access,
        status: 'none',
        trace_id: 'x',
        user: 7,
        errors: ['e'],
        limit: 5,
        results: 0.5,
        open_ms: 'long',
      }),
    ),
    documents: [
      {
        format: 'service',
        fields: { status: 'none', trace_id: 'x', user: 7, errors: ['e'], limit: 5, results: 0.5, open_ms: 'long' },
      },
    ],
  },
  {
    name: 'a subscription that has ended, and a sign-in',
    file: bytes(
      line('F', JSON.stringify({ ...access, ...ended, message: 'subscription ended' })),
      line('F', JSON.stringify({ ...access, ...audit, message: 'sign-in' })),
    ),
    documents: [ended, audit],
  },
  {
    name: 'a slow operation with its plan',
    file: line('F', JSON.stringify({ ...access, message: 'slow operation', plan: ['0 orders', '1 payments after 0'] })),
    documents: [{ message: 'slow operation', plan: '0 orders\n1 payments after 0' }],
  },
  {
    name: 'a line in pieces, with those of the other stream in between',
    file: bytes(
      line('P', '{"level":"info","time":"2026-11-29T18:00:00.120Z",'),
      line('F', 'of stderr', 'stderr'),
      line('F', '"service":"users","message":"whole"}'),
    ),
    documents: [
      { format: 'text', message: 'of stderr', stream: 'stderr' },
      { format: 'service', service: 'users', message: 'whole', stream: 'stdout' },
    ],
  },
  { name: 'a piece that begins with a blank', file: cut(longNote), documents: [{ format: 'text', message: longNote }] },
  { name: 'a character in two pieces', file: cut(split), documents: [{ format: 'text', message: split }] },
  {
    name: 'a line of 1 MB',
    file: cut(megabyte),
    documents: [{ format: 'service', operation: 'PlaceOrder', fields: { notes: JSON.parse(megabyte).notes } }],
  },
  {
    name: 'a text of more than 1 MiB is cut',
    file: cut('z'.repeat(1_200_000)),
    documents: [{ format: 'text', truncated: true, message: 'z'.repeat(1024 * 1024) }],
  },
  {
    name: 'bytes that are no UTF-8',
    file: line('F', bytes('caf', Buffer.from([0xe9]), ' ', Buffer.from([0xff, 0xfe]), ' end')),
    documents: [{ format: 'text', message: 'caf\uFFFD \uFFFD\uFFFD end' }],
  },
  {
    name: 'bytes that are no UTF-8, in JSON',
    file: line('F', bytes(JSON.stringify(access).slice(0, -1), ',"note":"', Buffer.from([0xff]), '"}')),
    documents: [{ format: 'service', operation: 'PlaceOrder', fields: { note: '\uFFFD' } }],
  },
  {
    name: 'JSON of others: with a message, without one, and one that would take our fields',
    file: bytes(
      line('F', '{"level":30,"msg":"hello","kubernetes":{"pod_name":"not me"}}'),
      line('F', '{"a":1}'),
      line('F', '[1,2]'),
    ),
    documents: [
      { format: 'json', message: 'hello', fields: { level: 30, kubernetes: { pod_name: 'not me' } } },
      { format: 'json', message: '{"a":1}' },
      { format: 'text', message: '[1,2]' },
    ],
  },
  {
    name: 'broken JSON, an empty line, blanks at the beginning and the end',
    file: bytes(line('F', '{"level":"info",'), line('F', ''), line('F', '   indented   ')),
    documents: [
      { format: 'text', message: '{"level":"info",' },
      { format: 'text', message: '' },
      { format: 'text', message: '   indented   ' },
    ],
  },
  {
    name: 'a stack trace',
    file: bytes(...stackTrace.map((text) => line('F', text, 'stderr')), line('F', 'next', 'stderr')),
    documents: [
      { format: 'text', message: stackTrace.join('\n'), stream: 'stderr' },
      { format: 'text', message: 'next', stream: 'stderr' },
    ],
  },
  {
    name: 'CRI-O: a time zone, and tags after the first',
    file: bytes('2026-11-29T20:00:00.123456789+02:00 stdout F:tag hello\n'),
    documents: [{ format: 'text', message: 'hello' }],
  },
  {
    name: 'garbage that no runtime has written',
    file: bytes('not a line\n', Buffer.from([0x00, 0xff, 0x0a]), '2026-13-99T99:99:99Z stdout F bad time\n'),
    documents: [
      { format: 'unparsed', message: 'not a line' },
      { format: 'unparsed', message: '\0\uFFFD' },
      { format: 'unparsed', message: '2026-13-99T99:99:99Z stdout F bad time' },
    ],
  },
];

/** A name as the kubelet gives it, from which Fluentd knows the pod. */
export const fileName = (pod: string) => `${pod}_shop_main-${'0123456789abcdef'.repeat(4)}.log`;
