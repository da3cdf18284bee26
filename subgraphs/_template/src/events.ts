import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

export const itemAdded = defineEvent('template.item.added.v1', z.object({ itemId: z.uuid(), ownerId: z.uuid() }), {
  subject: 'itemId',
  description: 'Somebody added an item.',
});
