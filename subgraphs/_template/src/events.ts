import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

/** Somebody added an item. */
export const itemAdded = defineEvent('template.item.added.v1', z.object({ itemId: z.uuid(), ownerId: z.uuid() }));
