import { el } from './dom.js';
import { duration } from './format.js';
import { colourOf } from './services.js';

const SQL = 'db.query.text';

/** All that a span tells, of a trace that began at `traceStartMs`: when, what, its statement, attributes, events and links. */
export function spanDetails({ span, startMs, isOrphan }, traceStartMs) {
  const { [SQL]: sql, ...attributes } = span.attributes;
  const shiftMs = startMs - span.startMs;
  const facts = {
    service: span.service,
    kind: span.kind,
    begins: `${duration(Math.max(0, startMs - traceStartMs))} after the start`,
    took: duration(span.durationMs),
    ...(span.isError ? { status: 'failed' } : {}),
    ...(isOrphan ? { parent: `${span.parentSpanId}, which is not here` } : {}),
    ...(shiftMs === 0 ? {} : { moved: `by ${duration(shiftMs)}, as its clock differs` }),
    span: span.spanId,
  };
  return [
    el('h3', { class: `${colourOf(span.service)} ${span.isError ? 'failed' : ''}` }, span.name),
    table(facts),
    ...(sql === undefined ? [] : [el('h4', {}, 'Statement'), el('pre', {}, inLines(String(sql)))]),
    ...titled('Attributes', Object.keys(attributes).length > 0 && table(sorted(attributes))),
    ...titled('Events', span.events.length > 0 && span.events.map((event) => eventOf(event, span))),
    ...titled('Links', span.links.length > 0 && span.links.map((link) => linkOf(link, span))),
  ];
}

const titled = (title, content) => (content === false ? [] : [el('h4', {}, title), ...[content].flat()]);

const sorted = (attributes) => Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b)));

const table = (entries) =>
  el(
    'dl',
    {},
    Object.entries(entries).flatMap(([name, value]) => [
      el('dt', {}, breakable(name)),
      el('dd', { class: name === 'error.type' || value === 'failed' ? 'bad' : '' }, String(value)),
    ]),
  );

/** May be broken behind each dot. */
const breakable = (name) => name.split(/(?<=\.)/).flatMap((part) => [part, el('wbr')]);

const eventOf = ({ name, atMs, attributes }, { startMs }) =>
  el('div', {}, el('p', {}, `${name}, after ${duration(Math.max(0, atMs - startMs))}`), table(sorted(attributes)));

function linkOf({ traceId, spanId, attributes }, from) {
  const words = traceId === from.traceId ? `span ${spanId} of this trace` : `span ${spanId} of trace ${traceId}`;
  return el(
    'div',
    {},
    el('p', {}, el('a', { href: `#/trace/${traceId}/${spanId}` }, words)),
    table(sorted(attributes)),
  );
}

const CLAUSES =
  /\s+(?=(?:from|where|left join|inner join|group by|order by|limit|returning|values|set|on conflict|for update|union)\b)/gi;

/** A statement with each clause on a line of its own. */
const inLines = (sql) => sql.trim().replace(CLAUSES, '\n');
