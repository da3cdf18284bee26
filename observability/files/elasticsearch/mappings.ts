// What documents have: the fields that files/fluentd/log_line.rb writes. A document with any other field is rejected, and
// goes to the stream of rejected documents.

const keyword = { type: 'keyword', ignore_above: 1024 };
/** Searched by words; takes a fraction of `text`'s room, as it knows no positions. */
const words = { type: 'match_only_text' };
/** Any object, of which every leaf is a keyword: one field of the mapping, whatever is in it. */
const flattened = { type: 'flattened', ignore_above: 1024 };
const keywords = (...names: string[]) => Object.fromEntries(names.map((name) => [name, keyword]));

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
    ...keywords('trace_id', 'span_id', 'request_id', 'operation', 'type', 'client', 'client_version', 'line', 'user'),
    // The access line, events, what a line is about.
    ...keywords('method', 'route', 'code', 'outcome', 'document', 'event_id', 'event_type'),
    plan: words,
    ...keywords('order_id', 'payment_id', 'session_id', 'user_id'),
    status: { type: 'short' },
    duration_ms: { type: 'float' },
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
