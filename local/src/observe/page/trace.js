import { el } from './dom.js';
import { count, duration, timeOfDay } from './format.js';
import { poll, read } from './poll.js';
import { dot, knowServices } from './services.js';
import { spanDetails } from './span-details.js';
import { keyOf, waterfall } from './waterfall.js';

const EVERY_MS = 1000;

/** One request as a waterfall, with what followed from it; a span's details beside it. */
export function showTrace(view, traceId, spanId, signal) {
  document.title = 'Trace · Tributary';
  const head = el('div', { class: 'trace-head' });
  const tree = el('div', { class: 'waterfall' });
  const details = el('aside', { class: 'details', 'aria-label': 'Span', 'aria-live': 'polite' });
  view.append(head, el('div', { class: 'trace' }, tree, details));

  const selected = spanId && keyOf({ traceId, spanId });
  const state = { selected, collapsed: new Set(), zoom: 'all' };
  let trace;
  let version;

  const draw = () => {
    head.replaceChildren(...headOf(trace, state, draw));
    const rows = trace.sections.flatMap((section) => section.rows);
    const row = rows.find(({ span }) => keyOf(span) === state.selected);
    details.replaceChildren(...(row === undefined ? [hint()] : spanDetails(row, trace.startMs)));
    tree.replaceChildren(waterfall(trace, rangeOf(trace, state, row), state, draw));
  };
  const update = async () => {
    const query = version === undefined ? '' : `?unless=${version}`;
    const answer = await read(`/api/traces/${traceId}${query}`, signal).catch((error) => {
      if (error.status !== 404 || trace !== undefined) throw error;
      head.replaceChildren(
        el('p', { class: 'empty' }, 'This trace is not here: it is still on its way, or gone by now.'),
      );
      return undefined;
    });
    if (answer === undefined) return;
    ({ version } = answer);
    // Most of what arrives belongs to other traces.
    const isSame = trace !== undefined && sizeOf(trace) === sizeOf(answer) && trace.jaegerUrl === answer.jaegerUrl;
    trace = answer;
    knowServices(answer.services);
    state.selected ??= keyOf(answer.sections[0].rows[0].span);
    if (!isSame) draw();
  };
  poll(update, EVERY_MS, signal);
}

const sizeOf = ({ sections }) => sections.reduce((sum, { rows }) => sum + rows.length, 0);

const hint = () => el('p', { class: 'empty' }, 'Choose a span to see what it tells.');

/** What part of the time the bars show. */
function rangeOf({ startMs, durationMs, sections }, { zoom }, row) {
  if (zoom === 'request') {
    const { startMs: from, durationMs: length } = sections[0].summary;
    return { fromMs: from, lengthMs: Math.max(length, 0.001) };
  }
  if (zoom === 'span' && row !== undefined) {
    return { fromMs: row.startMs, lengthMs: Math.max(row.span.durationMs, 0.001) };
  }
  return { fromMs: startMs, lengthMs: Math.max(durationMs, 0.001) };
}

function headOf(trace, state, draw) {
  const { summary } = trace.sections[0];
  const spans = sizeOf(trace);
  const facts = [
    timeOfDay(summary.startMs),
    `answered in ${duration(summary.durationMs)}`,
    trace.durationMs > summary.durationMs * 1.01 ? `all over after ${duration(trace.durationMs)}` : undefined,
    count(spans, 'span'),
    trace.sections.length > 1 ? count(trace.sections.length, 'trace') : undefined,
    summary.client,
    summary.status === undefined ? undefined : `status ${summary.status}`,
    summary.errorType,
  ];
  const services = [...new Set(trace.sections.flatMap((section) => section.summary.services))];
  return [
    el('a', { href: '#/', class: 'back' }, '← Requests'),
    el(
      'h2',
      {},
      summary.name,
      summary.operationType === undefined
        ? undefined
        : el('span', { class: `kind ${summary.operationType}` }, summary.operationType),
    ),
    el('p', { class: 'soft' }, facts.filter((fact) => fact !== undefined).join(' · ')),
    el(
      'p',
      { class: 'soft ids' },
      'Trace ',
      el('code', {}, summary.traceId),
      trace.jaegerUrl === undefined
        ? undefined
        : el(
            'a',
            { href: `${trace.jaegerUrl}/trace/${summary.traceId}`, target: '_blank', rel: 'noopener' },
            'Open in Jaeger',
          ),
      trace.causes.map((cause) => el('a', { href: `#/trace/${cause.traceId}` }, `Follows from ${cause.name}`)),
    ),
    el(
      'div',
      { class: 'legend' },
      services.map((service) => el('span', {}, dot(service), service)),
      el('span', { class: 'zoom', role: 'group', 'aria-label': 'Time shown' }, zoomButtons(state, draw)),
    ),
  ];
}

const ZOOMS = [
  ['all', 'Everything', 'From the first start to the last end'],
  ['request', 'Until the answer', 'Only while the caller waited'],
  ['span', 'This span', 'Only while the chosen span took'],
];

function zoomButtons(state, draw) {
  return ZOOMS.map(([zoom, label, title]) => {
    const click = () => {
      state.zoom = zoom;
      draw();
      document.querySelector(`.zoom button[data-zoom="${zoom}"]`)?.focus();
    };
    return el(
      'button',
      { type: 'button', title, 'data-zoom': zoom, 'aria-pressed': String(state.zoom === zoom), on: { click } },
      label,
    );
  });
}
