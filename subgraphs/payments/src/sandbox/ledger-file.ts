import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * What the file holds; README.md describes it for those who read it from outside. A charge's row is how it stands now,
 * `movements` everything that ever happened to it.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS movements (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  charge_key TEXT NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('CHALLENGED', 'AUTHORIZED', 'DECLINED', 'CAPTURED', 'VOIDED', 'REFUNDED', 'REFUND_FAILED')),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  request_key TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS movements_charge ON movements (charge_key);
CREATE TRIGGER IF NOT EXISTS movements_not_changed BEFORE UPDATE ON movements
  BEGIN SELECT RAISE(ABORT, 'movements are append-only'); END;
CREATE TRIGGER IF NOT EXISTS movements_not_deleted BEFORE DELETE ON movements
  BEGIN SELECT RAISE(ABORT, 'movements are append-only'); END;

CREATE TABLE IF NOT EXISTS charges (
  key TEXT PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE REFERENCES movements (id),
  reference TEXT,
  card TEXT,
  currency TEXT,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor),
  status TEXT NOT NULL CHECK (status IN ('CHALLENGED', 'AUTHORIZED', 'DECLINED', 'CAPTURED', 'VOIDED')),
  decline_reason TEXT CHECK ((decline_reason IS NOT NULL) = (status = 'DECLINED')),
  wrong_codes INTEGER NOT NULL DEFAULT 0,
  changed_at TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS refunds (
  key TEXT PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE REFERENCES movements (id),
  charge_key TEXT NOT NULL REFERENCES charges (key),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  status TEXT NOT NULL CHECK (status IN ('SUCCEEDED', 'FAILED')),
  at TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS webhooks (
  id TEXT NOT NULL,
  copy INTEGER NOT NULL,
  body TEXT NOT NULL,
  made_at_ms INTEGER NOT NULL,
  due_at_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  delivered_at TEXT,
  PRIMARY KEY (id, copy)
) STRICT;
CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (due_at_ms) WHERE delivered_at IS NULL;
`;

/** How long a writer waits for another program that has the file open. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens the sandbox's file. In WAL mode with `synchronous = NORMAL`, what was committed survives the end of the process
 * however that comes, kill -9 included; only a power cut can take the last commits with it, which in a sandbox is not
 * worth one wait for the disk a request.
 */
export function openLedgerFile(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  db.exec(TABLES);
  return db;
}
