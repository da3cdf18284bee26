import { el } from './dom.js';
import { duration } from './format.js';
import { colourOf } from './services.js';

const TICKS = 4;

/** What tells a span from all others: its own id does so within its trace. */
export const keyOf = ({ traceId, spanId }) => `${traceId}/${spanId}`;

/**
 * The rows of all sections as one tree that the keyboard walks: up and down, left and right to fold and unfold, Home
 * and End. `range` is the time that the bars show; `state` holds the chosen span and the folded ones.
 */
export function waterfall({ startMs, sections }, range, state, draw) {
  const tree = el('div', { class: 'tree', role: 'tree', 'aria-label': 'Spans' });
  const following = [];
  sections.forEach(({ summary, rows, droppedSpans }, index) => {
    const items = visibleRows(rows, range, state.collapsed).map((row) => treeItem(row, range, state, draw));
    if (droppedSpans > 0) items.push(el('p', { class: 'empty' }, `${droppedSpans} more spans of it were not kept.`));
    if (index === 0) tree.append(...items);
    else if (items.length > 0) following.push(sectionHead(summary, startMs), ...items);
  });
  if (following.length > 0) tree.append(el('h3', { role: 'presentation' }, 'What followed'), ...following);
  const items = [...tree.querySelectorAll('[role=treeitem]')];
  const chosen = items.find(({ dataset }) => dataset.span === state.selected) ?? items[0];
  if (chosen !== undefined) chosen.tabIndex = 0;
  tree.addEventListener('keydown', (event) => walk(event, items, state, draw));
  // The row that had the focus is a new element now.
  if (document.activeElement?.closest('.tree') !== null) queueMicrotask(() => chosen?.focus({ preventScroll: false }));
  return el('div', {}, axis(range, startMs), tree);
}

/** Rows of the time that is shown, without those below a folded one; with the facts that drawing needs. */
function visibleRows(rows, { fromMs, lengthMs }, collapsed) {
  const visible = [];
  let foldedAt = Number.POSITIVE_INFINITY;
  rows.forEach((row, index) => {
    if (row.depth > foldedAt) return;
    const isFolded = collapsed.has(keyOf(row.span));
    foldedAt = isFolded ? row.depth : Number.POSITIVE_INFINITY;
    if (row.startMs > fromMs + lengthMs || row.startMs + row.span.durationMs < fromMs) return;
    const parent = visible.findLast(({ depth }) => depth < row.depth);
    visible.push({
      ...row,
      isFolded,
      hasChildren: (rows[index + 1]?.depth ?? 0) > row.depth,
      isHandover: row.span.service !== parent?.span.service,
    });
  });
  return visible;
}

function treeItem(row, range, state, draw) {
  const { span, depth, isFolded, hasChildren, isHandover, isOrphan } = row;
  const key = keyOf(span);
  const choose = () => {
    state.selected = key;
    draw();
    document.querySelector(`.tree [data-span="${key}"]`)?.focus({ preventScroll: true });
  };
  return el(
    'div',
    {
      class: `row ${colourOf(span.service)} ${span.isError ? 'failed' : ''}`,
      role: 'treeitem',
      tabindex: '-1',
      'data-span': key,
      'aria-level': String(depth + 1),
      'aria-expanded': hasChildren ? String(!isFolded) : undefined,
      'aria-selected': String(key === state.selected),
      'aria-label': `${span.service}: ${span.name}, ${duration(span.durationMs)}${span.isError ? ', failed' : ''}`,
      on: { click: choose },
    },
    el(
      'div',
      { class: 'label', style: { 'padding-left': `${depth * 0.55}rem` } },
      hasChildren ? foldMark(span, isFolded, state, draw) : el('span', { class: 'fold' }),
      el('span', { class: 'service', title: span.service }, isHandover ? span.service : ''),
      el('span', { class: 'name', title: isOrphan ? `${span.name} (its parent is not here)` : span.name }, span.name),
    ),
    bar(row, range),
  );
}

function foldMark(span, isFolded, state, draw) {
  const click = (event) => {
    event.stopPropagation();
    fold(keyOf(span), !isFolded, state);
    draw();
  };
  return el('span', { class: 'fold', 'aria-hidden': 'true', on: { click } }, isFolded ? '▸' : '▾');
}

function bar({ span, startMs }, { fromMs, lengthMs }) {
  const left = (100 * (startMs - fromMs)) / lengthMs;
  const width = (100 * span.durationMs) / lengthMs;
  const end = left + width;
  // Beside the bar where there is room, else within its end.
  const isInside = end >= 85 && left < 15;
  const beside = end < 85 ? { left: `${Math.max(0, end)}%` } : { right: `${100 - left}%` };
  const inside = { right: `${Math.max(0, 100 - end)}%` };
  return el(
    'div',
    { class: 'bar-area' },
    el('span', { class: 'bar', style: { left: `${left}%`, width: `${width}%` } }),
    el(
      'span',
      { class: `took ${isInside ? 'inside' : ''}`, style: isInside ? inside : beside },
      duration(span.durationMs),
    ),
  );
}

function axis({ fromMs, lengthMs }, startMs) {
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) =>
    el(
      'span',
      { style: { left: `${(100 * index) / TICKS}%` } },
      duration(Math.max(0, fromMs - startMs + (lengthMs * index) / TICKS)),
    ),
  );
  return el(
    'div',
    { class: 'row axis', 'aria-hidden': 'true' },
    el('div', { class: 'label' }),
    el('div', { class: 'ticks' }, ticks),
  );
}

function sectionHead({ name, traceId, services, startMs: beganMs }, startMs) {
  return el(
    'p',
    { class: 'section', role: 'presentation' },
    el('a', { href: `#/trace/${traceId}`, title: 'This trace alone' }, name),
    el('span', { class: 'soft' }, ` ${services.join(', ')} · after ${duration(beganMs - startMs)}`),
  );
}

function fold(key, isFolded, { collapsed }) {
  if (isFolded) collapsed.add(key);
  else collapsed.delete(key);
}

function walk(event, items, state, draw) {
  const at = items.indexOf(event.target);
  if (at === -1) return;
  const level = Number(items[at].ariaLevel);
  const expanded = items[at].getAttribute('aria-expanded');
  const parent = items.slice(0, at).findLast((item) => Number(item.ariaLevel) < level);
  const targets = { ArrowDown: items[at + 1], ArrowUp: items[at - 1], Home: items[0], End: items.at(-1) };
  if (event.key === 'ArrowLeft' && expanded !== 'true') targets.ArrowLeft = parent;
  if (event.key === 'ArrowRight' && expanded === 'true') targets.ArrowRight = items[at + 1];
  const target = targets[event.key];
  if (target !== undefined) state.selected = target.dataset.span;
  else if (event.key === 'ArrowLeft' && expanded === 'true') fold(items[at].dataset.span, true, state);
  else if (event.key === 'ArrowRight' && expanded === 'false') fold(items[at].dataset.span, false, state);
  else return;
  event.preventDefault();
  draw();
}
