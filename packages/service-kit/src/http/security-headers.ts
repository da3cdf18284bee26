/**
 * What every answer says, whatever it is: that a browser takes it for nothing else than it is called, and does not tell
 * other sites of its address, which may hold a token (`/unsubscribe?token=…`).
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
