import { CodedError } from '@tributary/service-kit';

export const keyReused = () => new CodedError('BAD_USER_INPUT', 'The idempotency key was used with other parameters.');
