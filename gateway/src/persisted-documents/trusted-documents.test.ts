import { describe, expect, it } from 'vitest';
import { sha256Of, type TrustedDocument, TrustedDocuments } from './trusted-documents.ts';

const document = (id: string, text: string, app?: string): TrustedDocument => ({ id, text, app, names: [] });

describe('TrustedDocuments', () => {
  const documents = [
    document('1', '{ web }', 'web'),
    document('1', '{ phone }', 'phone'),
    document('2', '{ everybody }'),
    document('3', '{ both }', 'web'),
    document('3', '{ both }', 'phone'),
  ];

  it('finds a text by id and by hash, the client’s own first', () => {
    const trusted = new TrustedDocuments(documents, false);
    expect(trusted.textOf('1', 'web')).toBe('{ web }');
    expect(trusted.textOf('1', 'phone')).toBe('{ phone }');
    expect(trusted.textOf('1', 'curl')).toBe('{ web }');
    expect(trusted.textOf(sha256Of('{ phone }'), 'web')).toBe('{ phone }');
    expect(trusted.textOf('4', 'web')).toBeUndefined();
    expect(trusted.hasText('{ web }', 'phone')).toBe(true);
    expect(trusted.hasText('{ web } ', 'web')).toBe(false);
  });

  it('finds nothing of another application where clients are bound to theirs', () => {
    const bound = new TrustedDocuments(documents, true);
    expect(bound.textOf('1', 'curl')).toBeUndefined();
    expect(bound.textOf(sha256Of('{ phone }'), 'web')).toBeUndefined();
    expect(bound.hasText('{ web }', 'phone')).toBe(false);
    expect(bound.hasText('{ both }', 'phone')).toBe(true);
    expect(bound.textOf('2', 'curl')).toBe('{ everybody }');
  });

  it('takes names of objects’ own members for what they are', () => {
    const trusted = new TrustedDocuments(documents, false);
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(trusted.textOf(name, name)).toBeUndefined();
      expect(trusted.hasText(name, name)).toBe(false);
    }
  });
});
