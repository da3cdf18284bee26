import { visibleEventId, visibleNote } from '../domain/order-access.ts';
import { timelineWords } from '../domain/timeline-words.ts';
import type { OrderTimelineEntryResolvers } from '../schema.generated.ts';

export const OrderTimelineEntry: OrderTimelineEntryResolvers = {
  message: timelineWords,
  note: (entry, _args, { identity }) => visibleNote(identity, entry),
  eventId: (entry, _args, { identity }) => visibleEventId(identity, entry),
};
