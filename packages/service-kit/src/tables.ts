// A second entry, so that drizzle-kit, which only wants tables, does not load the whole kit.
export { eventTables } from './events/event-tables.ts';
