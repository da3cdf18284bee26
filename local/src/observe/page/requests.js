import { el } from './dom.js';
import { count, duration, timeOfDay } from './format.js';
import { poll, read } from './poll.js';
import { dot, knowServices } from './services.js';

const EVERY_MS = 1000;
/** Is kept while one goes to a trace and back. */
const filter = { text: '', errors: false, slower: '', background: false };

/** The last requests, newest first. */
export function showRequests(view, signal) {
  document.title = 'Requests · Tributary';
  const list = el('div', { class: 'list' });
  let version;
  let changed = new AbortController();

  const update = async () => {
    const asked = changed;
    const answer = await read(`/api/traces?${queryOf(version)}`, AbortSignal.any([signal, asked.signal])).catch(
      (error) => {
        if (asked.signal.aborted && !signal.aborted) return undefined;
        throw error;
      },
    );
    if (answer === undefined || asked !== changed) return;
    version = answer.version;
    knowServices(answer.services);
    const focused = document.activeElement?.getAttribute('href');
    list.replaceChildren(tableOf(answer));
    if (focused?.startsWith('#/trace/')) list.querySelector(`a[href="${focused}"]`)?.focus();
  };
  const filterChanged = () => {
    changed.abort();
    changed = new AbortController();
    version = undefined;
    update().catch(() => {});
  };
  const bar = filterBar(filterChanged);
  view.append(bar, list);
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      bar.querySelector('input').focus();
    },
    { signal },
  );
  poll(update, EVERY_MS, signal);
}

function queryOf(version) {
  const query = new URLSearchParams({ text: filter.text });
  if (filter.errors) query.set('errors', '');
  if (filter.background) query.set('background', '');
  if (filter.slower !== '') query.set('slower', filter.slower);
  if (version !== undefined) query.set('unless', version);
  return query;
}

function filterBar(changed) {
  const set = (name, value) => {
    filter[name] = value;
    changed();
  };
  const check = (name, label, title) =>
    el(
      'label',
      { title },
      el('input', {
        type: 'checkbox',
        checked: filter[name],
        on: { change: (event) => set(name, event.target.checked) },
      }),
      label,
    );
  return el(
    'div',
    { class: 'filters', role: 'search' },
    el('input', {
      type: 'search',
      'aria-label': 'Find',
      placeholder: 'Operation, client, service, error; a trace id or request id   ( / )',
      value: filter.text,
      on: { input: (event) => set('text', event.target.value) },
    }),
    check('errors', 'Errors', 'Only what failed or was refused'),
    el(
      'label',
      {},
      'Slower than ',
      el('input', {
        type: 'number',
        min: '0',
        step: '10',
        value: filter.slower,
        on: { input: (event) => set('slower', event.target.value) },
      }),
      ' ms',
    ),
    check('background', 'Background too', 'Also consumers of events, and jobs'),
  );
}

function tableOf({ traces, leftOut }) {
  if (traces.length === 0) {
    const isFiltered = filter.text !== '' || filter.errors || filter.slower !== '';
    return el(
      'p',
      { class: 'empty' },
      isFiltered ? 'Nothing like that was seen lately.' : 'Nothing was asked yet. Run an operation, or npm run demo.',
    );
  }
  const longestMs = Math.max(...traces.map(({ durationMs }) => durationMs));
  const hasClients = traces.some(({ client }) => client !== undefined);
  const heads = ['Time', 'Operation', ...(hasClients ? ['Client'] : []), 'Duration', 'Answer', 'Spans', 'Services'];
  return el(
    'div',
    {},
    el(
      'table',
      { class: 'requests' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          heads.map((head) => el('th', { scope: 'col' }, head)),
        ),
      ),
      el(
        'tbody',
        {},
        traces.map((trace) => rowOf(trace, longestMs, hasClients)),
      ),
    ),
    leftOut > 0 ? el('p', { class: 'empty' }, `and ${leftOut} more`) : undefined,
  );
}

function rowOf(trace, longestMs, hasClients) {
  const open = `#/trace/${trace.traceId}`;
  const failed = trace.errors > 0 || trace.status >= 500;
  return el(
    'tr',
    {
      class: failed ? 'failed' : '',
      on: {
        click: (event) => {
          if (event.target.closest('a') === null) location.hash = open;
        },
      },
    },
    el('td', { class: 'number soft' }, timeOfDay(trace.startMs)),
    el(
      'td',
      {},
      el('a', { href: open }, trace.name),
      el('span', { class: `kind ${trace.operationType ?? ''}` }, trace.operationType ?? wordFor[trace.begins]),
    ),
    hasClients ? el('td', { class: 'soft' }, trace.client ?? '') : undefined,
    el(
      'td',
      { class: 'number' },
      duration(trace.durationMs),
      el('span', { class: 'meter' }, el('span', { style: { width: `${(100 * trace.durationMs) / longestMs}%` } })),
    ),
    el('td', {}, answerOf(trace, failed)),
    el('td', { class: 'number soft' }, String(trace.spans)),
    el('td', { class: 'dots' }, trace.services.map(dot), el('span', { class: 'unseen' }, trace.services.join(', '))),
  );
}

const wordFor = { request: 'HTTP', event: 'event', job: 'job' };

function answerOf({ status, errorType, errors }, failed) {
  const words = [
    status,
    errorType !== String(status) ? errorType : undefined,
    errors > 0 ? count(errors, 'error') : undefined,
  ];
  const text = words.filter((word) => word !== undefined).join(' · ');
  return el('span', { class: failed ? 'bad' : status >= 400 || errorType !== undefined ? 'refused' : 'soft' }, text);
}
