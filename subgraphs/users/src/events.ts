import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

const aboutUser = z.object({ userId: z.uuid() });

/** Somebody opened an account. */
export const accountRegistered = defineEvent('users.account.registered.v1', aboutUser);

/** An account is closed and its personal data erased here; who keeps more of it erases that. */
export const accountClosed = defineEvent('users.account.closed.v1', aboutUser);

/** An account has a new password. */
export const passwordChanged = defineEvent('users.password.changed.v1', aboutUser);
