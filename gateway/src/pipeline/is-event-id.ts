const EVENT_ID = /^[\w.:/+=-]{1,128}$/;

/** Whether this can be the id of an event: what clients say, which is compared, and goes into no address or header. */
export const isEventId = (value: unknown): value is string => typeof value === 'string' && EVENT_ID.test(value);
