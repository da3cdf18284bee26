import { createLogger, createMetrics } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { expect, test } from 'vitest';
import type { DocumentSource } from './document-source.ts';
import type { TrustedDocument } from './trusted-documents.ts';
import { WatchedDocuments } from './watched-documents.ts';

test('a defect of a source, or of what takes its documents over, ends nothing: they are read again', async () => {
  const document: TrustedDocument = { id: '1', text: '{ a }', app: undefined, names: [] };
  const broken = () => {
    throw new RangeError('Maximum call stack size exceeded');
  };
  let read: () => TrustedDocument[] = broken;
  let change = () => {};
  const lines: string[] = [];
  const taken: (readonly TrustedDocument[])[] = [];
  const source: DocumentSource = { name: 'a source', isLocal: false, read: async () => read() };
  const watched = new WatchedDocuments({
    sources: [source],
    everyMs: 1,
    areNeeded: false,
    log: createLogger({ service: 'test', level: 'info', destination: { write: (line) => lines.push(line) } }),
    metrics: createMetrics({ service: 'test', processMetrics: false }),
    changed: (documents) => {
      change();
      taken.push(documents);
    },
  });
  const told = (text: string) => until(text, () => lines.find((line) => line.includes(text)));
  await watched.start();
  await told('Maximum call stack size exceeded');
  read = () => [document];
  change = broken;
  await told('trusted documents could not be taken over');
  expect(taken).toEqual([]);
  change = () => {};
  await until('they are taken over', () => taken.length > 0);
  expect(taken[0]).toEqual([document]);
  await watched.stop();
});
