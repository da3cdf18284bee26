import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';
import type { ChargeRow, RefundRow } from '../sandbox/ledger-rows.ts';
import { sandboxConfig } from '../sandbox/sandbox-config.ts';
import { startSandboxProvider } from '../sandbox/start-sandbox-provider.ts';

export const API_KEY = 'an API key of the tests, long enough to be one';
export const WEBHOOK_SECRET = 'a secret of the tests, long enough to be one';

/** A row of `movements`. */
export interface MovementRow {
  id: number;
  at: string;
  charge_key: string;
  kind: string;
  amount_minor: number;
  request_key: string;
}

/** The sandbox provider on a free port, with a file of its own. */
export interface TestSandbox extends AsyncDisposable {
  readonly url: string;
  /** Where its ledger is. */
  readonly file: string;
  /** Its log so far. */
  readonly logLines: readonly string[];
  /** Its books, as somebody reads them who opens the file from outside. */
  charge(key: string): ChargeRow | undefined;
  charges(): ChargeRow[];
  /** The refunds of a charge. */
  refunds(chargeKey: string): RefundRow[];
  /** What happened to a charge, or to all, in order. */
  movements(chargeKey?: string): MovementRow[];
  /** How many webhooks wait to be delivered, copies included. */
  undelivered(): number;
  /** Makes the outside world go another way than anybody was told. */
  force(key: string, status: 'AUTHORIZED' | 'CAPTURED'): void;
  /** SQL on its file. */
  execute(sql: string): void;
  stop(): Promise<void>;
}

type Options = Partial<Omit<z.input<typeof sandboxConfig>, 'apiKey' | 'file'>> & {
  /** Default: one that is deleted at the end. */
  file?: string;
};

export async function startTestSandbox({ file: kept, webhooks = {}, ...options }: Options = {}): Promise<TestSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-sandbox-'));
  const file = kept ?? join(folder, 'ledger.sqlite');
  const logLines: string[] = [];
  const config = sandboxConfig.parse({
    server: { port: 0 },
    log: { level: 'silent' },
    apiKey: API_KEY,
    webhooks: { secret: WEBHOOK_SECRET, ...webhooks },
    ...options,
    file,
  });
  const running = await startSandboxProvider(config, { logDestination: { write: (line) => logLines.push(line) } });
  const books = new DatabaseSync(file, { timeout: 5000 });
  const rows = <T>(sql: string, ...values: string[]) => books.prepare(sql).all(...values) as unknown as T[];
  const stop = async () => {
    if (books.isOpen) books.close();
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: running.url,
    file,
    logLines,
    charge: (key) => rows<ChargeRow>('SELECT * FROM charges WHERE key = ?', key)[0],
    charges: () => rows<ChargeRow>('SELECT * FROM charges ORDER BY position'),
    refunds: (chargeKey) => rows<RefundRow>('SELECT * FROM refunds WHERE charge_key = ? ORDER BY position', chargeKey),
    movements: (chargeKey) =>
      chargeKey === undefined
        ? rows<MovementRow>('SELECT * FROM movements ORDER BY id')
        : rows<MovementRow>('SELECT * FROM movements WHERE charge_key = ? ORDER BY id', chargeKey),
    undelivered: () => rows<object>('SELECT id FROM webhooks WHERE delivered_at IS NULL').length,
    force(key, status) {
      books.prepare('UPDATE charges SET status = ?, decline_reason = NULL WHERE key = ?').run(status, key);
    },
    execute: (sql) => books.exec(sql),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
