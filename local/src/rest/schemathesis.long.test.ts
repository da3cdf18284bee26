import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shop, startShop } from '../testing/shop.ts';
import { environmentOf, findSchemathesis } from './find-schemathesis.ts';

const PORT = 14_268;
const schemathesis = findSchemathesis();
const SEED = process.env.SCHEMATHESIS_SEED ?? '1';
/** Requests of each phase for one operation. */
const EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? '25';
const TIMEOUT_MS = 240_000 + 1000 * Number(EXAMPLES);

/**
 * What a response may not be: a failure of ours, or anything that the document does not say. Methods that it does not have
 * are tested in gateway/e2e/rest: Node's parser refuses QUERY itself.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'allow_header_conformance',
];

describe.skipIf(schemathesis === undefined)('schemathesis', () => {
  let shop: Shop;
  const folder = mkdtempSync(join(tmpdir(), 'tributary-schemathesis-'));
  beforeAll(async () => {
    shop = await startShop(PORT);
  }, 60_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['anonymous', '/v1/openapi.json'],
    ['administrator', '/v1/openapi.json'],
    ['administrator', '/v2/openapi.json?version=3.0'],
  ])(
    'finds no answer to an %s that the OpenAPI document %s does not have',
    { timeout: TIMEOUT_MS },
    async (who, document) => {
      const { executable, args, ...found } = schemathesis ?? { executable: '', args: [], packages: '' };
      const identity = who === 'administrator' ? ['--header', `authorization: ${shop.admin.authorization}`] : [];
      const asked = [
        ...[...args, 'run', `${shop.graph.gateway.url}${document}`, '--checks', CHECKS.join(',')],
        ...['--seed', SEED, '--max-examples', EXAMPLES, '--generation-database', 'none', ...identity],
      ];
      const { output, failed } = await promisify(execFile)(executable, asked, {
        cwd: folder,
        env: environmentOf({ executable, args, ...found }),
        maxBuffer: 64 * 1024 ** 2,
      }).then(
        ({ stdout }) => ({ output: stdout, failed: false }),
        ({ stdout, stderr }) => ({ output: `${stdout}${stderr}`, failed: true }),
      );
      expect(failed, output).toBe(false);
      // Not all was refused.
      expect(output).toMatch(/[1-9]\d* passed|No issues found/);
    },
  );
});
