import { el, svg } from './dom.js';
import { poll, read } from './poll.js';

const EVERY_MS = 3000;

/** What the services' metrics say, as tables with the course of the last minutes. */
export function showMetrics(view, signal) {
  document.title = 'Metrics · Tributary';
  const tables = el('div', { class: 'metrics' });
  const note = el('p', { class: 'soft' });
  view.append(note, tables);
  poll(
    async () => {
      const metrics = await read('/api/metrics', signal);
      note.replaceChildren(...noteOf(metrics));
      tables.replaceChildren(...metrics.tables.map(tableOf));
    },
    EVERY_MS,
    signal,
  );
}

function noteOf({ windowSeconds, sources }) {
  const links = sources.flatMap(({ name, href, isSilent }) => [
    el(
      'a',
      { href, target: '_blank', rel: 'noopener', class: isSilent ? 'bad' : '' },
      isSilent ? `${name} (silent)` : name,
    ),
    ' ',
  ]);
  return [`Rates and percentiles of the last ${windowSeconds} s. As text: `, ...links];
}

function tableOf({ title, columns, rows }) {
  return el(
    'section',
    {},
    el('h2', {}, title),
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map((column, index) => el('th', { scope: 'col', class: index > 0 ? 'number' : '' }, column)),
          el('th', { scope: 'col', class: 'course' }, el('span', { class: 'unseen' }, 'Course')),
        ),
      ),
      el('tbody', {}, rows.map(rowOf)),
    ),
  );
}

const rowOf = ({ cells: [name, ...numbers], course, isBad }) =>
  el(
    'tr',
    { class: isBad ? 'failed' : '' },
    el('th', { scope: 'row' }, name),
    numbers.map((number) => el('td', { class: 'number' }, number)),
    el('td', { class: 'course' }, sparkline(course)),
  );

const WIDTH = 60;
const HEIGHT = 20;
const LEAST_SECONDS = 60;

/** All that is known, now at the right; nothing, where there is no course yet. */
function sparkline(course) {
  const longest = Math.max(LEAST_SECONDS, ...course.map(([secondsAgo]) => secondsAgo));
  const highest = Math.max(0, ...course.map(([, value]) => value));
  const points = course.map(([secondsAgo, value]) => {
    const x = WIDTH * (1 - secondsAgo / longest);
    const y = HEIGHT - 1 - (highest === 0 ? 0 : ((HEIGHT - 2) * value) / highest);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, 'aria-hidden': 'true' },
    points.length < 2 ? undefined : svg('polyline', { points: points.join(' ') }),
  );
}
