import type { ServiceKit } from '@tributary/service-kit';
import { deleteNotificationsBefore } from '../store/notification-store.ts';

const KEPT_MS = 365 * 24 * 60 * 60 * 1000;
/** Few enough for one statement. */
const AT_ONCE = 5000;

/** Forgets notifications that are older than a year. */
export const createPrune =
  ({ database }: Pick<ServiceKit, 'database'>): (() => Promise<void>) =>
  () =>
    deleteNotificationsBefore(database.db, new Date(Date.now() - KEPT_MS), AT_ONCE);
