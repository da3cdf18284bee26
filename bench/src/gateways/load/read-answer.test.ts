import { describe, expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';

const sized = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nx: y\r\n\r\n{"data":{}}';
const chunked = 'HTTP/1.1 503 Unavailable\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"dat\r\n6\r\na":{}}\r\n0\r\n\r\n';

function read(text: string) {
  const answer = readAnswer(Buffer.from(text));
  return typeof answer === 'number' ? answer : { status: answer.status, body: answer.body.toString() };
}

describe('readAnswer', () => {
  it('reads an answer that says its length, and one that comes in chunks', () => {
    expect(read(sized)).toEqual({ status: 200, body: '{"data":{}}' });
    expect(read(chunked)).toEqual({ status: 503, body: '{"data":{}}' });
  });

  it.each([sized, chunked])('asks for more at every byte before the end', (whole) => {
    for (let length = 0; length < whole.length; length++) expect(read(whole.slice(0, length))).toBeGreaterThan(length);
  });

  it('knows from the head how many bytes there will be', () => {
    expect(read(sized.slice(0, -5))).toBe(sized.length);
  });

  it('refuses an answer that says nothing of its length', () => {
    expect(() => read('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}')).toThrow('unknown length');
  });
});
