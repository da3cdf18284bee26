import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

const aboutUser = z.object({ userId: z.uuid() });

export const accountRegistered = defineEvent('users.account.registered.v1', aboutUser, {
  subject: 'userId',
  description: 'Somebody opened an account.',
});

export const accountClosed = defineEvent('users.account.closed.v1', aboutUser, {
  subject: 'userId',
  description: 'An account is closed and its personal data erased here; who keeps more of it erases that.',
});

export const passwordChanged = defineEvent('users.password.changed.v1', aboutUser, {
  subject: 'userId',
  description: 'An account has a new password.',
});
