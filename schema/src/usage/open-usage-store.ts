import { createLogger, FileUsageStore, openPostgresUsage, type UsageStore } from '@tributary/service-kit';

export const isPostgresUrl = (place: string): boolean => /^postgres(ql)?:\/\//.test(place);

/** @param place a folder, or `postgres://…`; nothing is opened before it is used. */
export const openUsageStore = (place: string): UsageStore =>
  isPostgresUrl(place)
    ? openPostgresUsage(place, createLogger({ service: 'graph', level: 'silent' }))
    : new FileUsageStore(place);
