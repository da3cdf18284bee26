import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface ProviderLedger {
  charges: Record<string, unknown>[];
  movements: Record<string, unknown>[];
}

const BUSY_TIMEOUT_MS = 5000;

/** Reads the provider's own books, all of them, as they are at one moment. */
export function readProviderLedger(file: string): ProviderLedger {
  if (!existsSync(file)) return { charges: [], movements: [] };
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('BEGIN');
    return {
      charges: db.prepare('select key, reference, card, amount_minor, refunded_minor, status from charges').all(),
      movements: db.prepare('select charge_key, kind, amount_minor, request_key from movements').all(),
    };
  } finally {
    db.close();
  }
}
