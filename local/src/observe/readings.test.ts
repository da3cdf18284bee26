import { expect, test } from 'vitest';
import type { Scrape } from './metrics-history.ts';
import { PrometheusText } from './prometheus-text.ts';
import { Readings } from './readings.ts';

const reader = new PrometheusText();
const scrape = (second: number, ...lines: string[]): Scrape => ({
  atMs: second * 1000,
  samples: reader.read(lines.join('\n'), () => true),
});

const counters = new Readings([
  scrape(0),
  scrape(10, 'a{x="1"} 5'),
  scrape(100, 'a{x="1"} 20', 'a{x="2"} 2', 'g 3'),
  scrape(130, 'a{x="1"} 50', 'a{x="2"} 4', 'g 9'),
]);

test('sums and growth are those of the series that are asked for', () => {
  expect(counters.now('a')).toBe(54);
  expect(counters.now('a', { x: '2' })).toBe(4);
  expect(counters.now('a', { x: (value) => value !== '2' })).toBe(50);
  expect(counters.now('none')).toBe(0);
  expect(counters.valuesOf('a', 'x')).toEqual(['1', '2']);
});

test('the last minute begins at the first look within it', () => {
  expect(counters.windowSeconds).toBe(30);
  expect(counters.grown('a', { x: '1' })).toBe(30);
  expect(counters.perSecond('a', { x: '1' })).toBe(1);
});

test('where nobody looked for longer, the last minute begins at the look before', () => {
  const seldom = new Readings([scrape(0, 'a 1'), scrape(500, 'a 101'), scrape(700, 'a 301')]);
  expect(seldom.windowSeconds).toBe(200);
  expect(seldom.perSecond('a')).toBe(1);
});

test('a first look alone has no rate', () => {
  const first = new Readings([scrape(5, 'a 100')]);
  expect(first.perSecond('a')).toBe(0);
  expect(first.courseOfRate('a')).toEqual([]);
  expect(first.now('a')).toBe(100);
});

test('a counter that began again has not grown by less than nothing', () => {
  expect(new Readings([scrape(0, 'a 100'), scrape(10, 'a 1')]).grown('a')).toBe(0);
});

test('a course tells each look, by seconds before the last', () => {
  expect(counters.course('g')).toEqual([
    [30, 3],
    [0, 9],
  ]);
  expect(counters.courseOfRate('a', { x: '1' })).toEqual([
    [120, 0.5],
    [30, 15 / 90],
    [0, 1],
  ]);
});

test('quantiles interpolate within a bucket, as Prometheus does', () => {
  const buckets = (...counts: number[]) =>
    counts.map((count, index) => `h_bucket{le="${['0.1', '1', '10', '+Inf'][index]}",s="x"} ${count}`);
  const histogram = new Readings([scrape(0, ...buckets(5, 5, 5, 5)), scrape(10, ...buckets(15, 25, 25, 25))]);
  // 10 within 0.1, 10 more within 1.
  expect(histogram.quantile(0.25, 'h', { s: 'x' })).toBeCloseTo(0.05);
  expect(histogram.quantile(0.75, 'h', { s: 'x' })).toBeCloseTo(0.55);
  expect(histogram.quantile(0.75, 'h', { s: 'y' })).toBeUndefined();
  const beyond = new Readings([scrape(0), scrape(10, ...buckets(0, 0, 0, 4))]);
  expect(beyond.quantile(0.5, 'h')).toBe(10);
});
