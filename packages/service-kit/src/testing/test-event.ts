import type { CloudEvent } from '../events/event.ts';
import { newId } from '../http/new-id.ts';

/** An event as a producer's outbox would publish it. */
export const testEvent = (type: string, over: Partial<CloudEvent> = {}): CloudEvent => ({
  specversion: '1.0',
  id: newId(),
  source: '/test',
  type,
  subject: newId(),
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: {},
  ...over,
});
