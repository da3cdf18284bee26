import { afterEach, describe, expect, it, vi } from 'vitest';
import { FetchError } from './fetch-error.ts';
import { readAgain } from './read-answer.ts';

const read = (text: string) => readAgain(Buffer.from(text), undefined);

describe('The answer of a subgraph', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(['{"data":{"a":1}}', ' \t\r\n{"data":{"a":1}}\n\n'])('is read: %j', (text) => {
    expect(read(text).data).toEqual({ a: 1 });
  });

  it.each([
    ['', 'not a JSON object'],
    [' \n', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['"{}"', 'not a JSON object'],
    ['[{"data":{}}]', 'not a JSON object'],
    ['<html>{"data":{}}</html>', 'not a JSON object'],
    ['\u{feff}{"data":{}}', 'not a JSON object'],
    ['{"data":{}} and more', 'not a JSON object'],
    ['{"data":{},}', 'not JSON'],
    ['{}{}', 'not JSON'],
    ['{}', 'neither data nor errors'],
    ['{"data":[]}', 'data is not an object'],
    ['{"data":{},"errors":[1]}', 'errors is not a list of objects'],
  ])('is refused: %j', (text, reason) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ constructor: FetchError, outcome: 'invalid', reason }));
  });

  it('is not parsed where it breaks off', () => {
    const parse = vi.spyOn(JSON, 'parse');
    expect(() => read(`{"data":${'['.repeat(1000)}`)).toThrow(FetchError);
    expect(parse).not.toHaveBeenCalled();
    read('{"data":{}}');
    expect(parse).toHaveBeenCalledOnce();
  });
});
