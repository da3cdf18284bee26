import { duration } from '@tributary/service-kit';

/**
 * For how long browsers use this host by HTTPS only (`strict-transport-security`); `365d` where all of it is on HTTPS.
 * Default: nothing is said, since whether there is TLS in front of the gateway it cannot know.
 */
export const hstsConfig = duration().optional();
