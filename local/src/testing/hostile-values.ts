const base64url = (text: string) => Buffer.from(text).toString('base64url');

const hostileInts: readonly unknown[] = [0, -1, 1_000_000_000, 2_147_483_647, -2_147_483_648, 2_147_483_648, 1.5];

const hostileStrings: readonly unknown[] = [
  '',
  'a\u0000b',
  'a\ud800b',
  '\u202e\u200d\u{1f468}\u200d\u{1f469}\u200d\u{1f467}e\u0301\u2028',
  `'); DROP TABLE users; --`,
  '%_\\%:*&|!<->',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
  '\u{1f469}'.repeat(30_000),
  'x'.repeat(200_000),
];

const hostileIds: readonly unknown[] = [
  '019a4b1c-0000-7000-8000-00000000ffff',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-7FFF-8FFF-FFFFFFFFFFFF',
  '{019a4b1c-0000-7000-8000-000000000001}',
  'malformed',
  "' or 1=1",
  '',
  'a\u0000b',
  'a\ud800b',
  '__proto__',
  '9'.repeat(10_000),
  'x'.repeat(200_000),
  -1,
];

/** What is no cursor, or one of another list, or one that an attacker has made. */
export const hostileCursors: readonly unknown[] = [
  '',
  '%%%',
  'a\u0000b',
  '__proto__',
  'x'.repeat(10_000),
  ...[
    '[]',
    '{"0":1,"length":1}',
    '1e999',
    '["a"]',
    '["a\\u0000"]',
    '["\\ud800"]',
    '[1e308]',
    '[1.5]',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    '["019a4b1c-0000-7000-8000-000000000001"]',
    '["a","019a4b1c-0000-7000-8000-000000000001"]',
    '["019a4b1c-0000-7000-8000-000000000001","a"]',
    '[1e308,"019a4b1c-0000-7000-8000-000000000001"]',
    '[1.5,"019a4b1c-0000-7000-8000-000000000001"]',
    '["294276-12-31T23:59:59.999Z","019a4b1c-0000-7000-8000-000000000001"]',
    '["infinity","019a4b1c-0000-7000-8000-000000000001"]',
    '["EUR",1e308,"019a4b1c-0000-7000-8000-000000000001"]',
    '[1,2,3]',
    '["NAME","a\\ud800","019a4b1c-0000-7000-8000-000000000001"]',
    '["PRICE_ASC","EUR",1e308,"019a4b1c-0000-7000-8000-000000000001"]',
    '["PRICE_ASC",1,"EUR","019a4b1c-0000-7000-8000-000000000001"]',
    '["RELEVANCE",1e308,"019a4b1c-0000-7000-8000-000000000001"]',
  ].map(base64url),
];

/** By the scalar's name; what is not here is taken for a string. */
export const hostileScalars: Readonly<Record<string, readonly unknown[]>> = {
  Int: hostileInts,
  Float: hostileInts,
  Boolean: [true, false, 'true'],
  String: hostileStrings,
  ID: hostileIds,
  CurrencyCode: ['USD', 'JPY', 'XYZ', 'eur', '', 'E\u0000R', 1],
  CountryCode: ['ZZ', 'de', '', 'D\u0000', 1],
};
