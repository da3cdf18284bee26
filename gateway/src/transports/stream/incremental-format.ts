import type { IncrementalFormat } from '../../http/accept.ts';
import { MULTIPART } from './multipart-text.ts';
import type { PartsFormat } from './stream-format.ts';

const formatOf = (parameter: string): PartsFormat => ({
  contentType: `multipart/mixed; boundary="-"; ${parameter}`,
  opening: () => MULTIPART.opening,
  result: MULTIPART.part,
  completion: () => MULTIPART.ending,
});

/** What is deferred, as parts of a multipart answer (GraphQL over HTTP, "Incremental Delivery"). */
export const INCREMENTAL_FORMATS: Readonly<Record<IncrementalFormat, PartsFormat>> = {
  'v0.2': formatOf('incrementalSpec=v0.2'),
  '20220824': formatOf('deferSpec=20220824'),
};
