import { expect, test } from 'vitest';
import { PrometheusText } from './prometheus-text.ts';

const read = (text: string) =>
  [...new PrometheusText().read(text, () => true)].map(([{ name, labels }, value]) => ({ name, labels, value }));

test('samples are read with their labels, and comments are not', () => {
  const text = [
    '# HELP a_total What it is',
    '# TYPE a_total counter',
    'a_total{service="orders",outcome="ok"} 3',
    'b 1.5e3',
    'c_bucket{le="+Inf"} 7 1700000000000',
    '',
  ].join('\n');
  expect(read(text)).toEqual([
    { name: 'a_total', labels: { service: 'orders', outcome: 'ok' }, value: 3 },
    { name: 'b', labels: {}, value: 1500 },
    { name: 'c_bucket', labels: { le: '+Inf' }, value: 7 },
  ]);
});

test.each([
  ['a +Inf', Number.POSITIVE_INFINITY],
  ['a -Inf', Number.NEGATIVE_INFINITY],
  ['a NaN', Number.NaN],
])('%s', (line, value) => {
  expect(read(line)).toEqual([{ name: 'a', labels: {}, value }]);
});

test('values of labels may hold quotes, braces, commas and escapes', () => {
  expect(read(String.raw`a{x="} 1",y="q\"uote, \\ \n"} 2`)).toEqual([
    { name: 'a', labels: { x: '} 1', y: 'q"uote, \\ \n' }, value: 2 },
  ]);
});

test.each(['nonsense', '{x="1"} 2', 'a{x="1" 2', '1a 2', '<html>'])('%s is no sample', (line) => {
  expect(read(line)).toEqual([]);
});

test('the same series is the same key at the next reading, and only what is wanted is kept', () => {
  const reader = new PrometheusText();
  const isWanted = (name: string) => name === 'a';
  const [first] = reader.read('a{x="1"} 1\nb 2', isWanted).keys();
  const second = reader.read('a{x="1"} 2', isWanted);
  expect(first && second.get(first)).toBe(2);
  expect(second.size).toBe(1);
});
