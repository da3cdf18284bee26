// What documents have: the fields that files/fluentd/log_line.rb writes. A document with any other field is rejected, and
// goes to the stream of rejected documents.

const keyword = { type: 'keyword', ignore_above: 1024 };
/** Searched by words; takes a fraction of `text`'s room, as it knows no positions. */
const words = { type: 'match_only_text' };
/** Any object, of which every leaf is a keyword: one field of the mapping, whatever is in it. */
const flattened = { type: 'flattened', ignore_above: 1024 };
const each = (field: object, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, field]));
const keywords = (...names: string[]) => each(keyword, names);
const integers = (...names: string[]) => each({ type: 'long' }, names);
const numbers = (...names: string[]) => each({ type: 'float' }, names);

/** Fields of a log line. */
export const logMappings = {
  dynamic: 'strict',
  properties: {
    '@timestamp': { type: 'date' },
    message: words,
    // service, json, text or unparsed; stdout or stderr.
    ...keywords('format', 'stream', 'level', 'service'),
    truncated: { type: 'boolean' },
    // One request, wherever it went.
    ...keywords(
      'trace_id',
      'span_id',
      'request_id',
      'operation',
      'operation_type',
      'client',
      'client_version',
      'line',
      'user',
    ),
    // The access line: how it was asked, what it came to, and why not to more.
    ...keywords('method', 'route', 'transport', 'outcome', 'code', 'ended', 'close_code', 'limit', 'shed'),
    status: { type: 'short' },
    ...integers('errors', 'results'),
    ...numbers('duration_ms', 'open_ms', 'cost'),
    // What a line is about: a plan, an event, who has signed in.
    ...keywords('document', 'subgraph', 'event_id', 'event_type', 'order_id', 'payment_id', 'session_id'),
    ...keywords('audit_event', 'audit_outcome', 'audit_by'),
    plan: words,
    err: {
      dynamic: 'strict',
      properties: { ...keywords('type', 'code'), message: words, stack: words, cause: flattened, fields: flattened },
    },
    fields: flattened,
    kubernetes: {
      dynamic: 'strict',
      properties: {
        ...keywords('namespace_name', 'pod_name', 'pod_id', 'container_name', 'container_image', 'host'),
        labels: flattened,
      },
    },
  },
};

/** Fields of a rejected document: what it was, as text. */
export const rejectedMappings = {
  dynamic: false,
  properties: { '@timestamp': { type: 'date' }, message: words, tag: keyword },
};
