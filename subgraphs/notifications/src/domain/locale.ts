/** A language that Tributary writes in. */
export const LOCALES = ['EN', 'DE'] as const;
export type Locale = (typeof LOCALES)[number];
