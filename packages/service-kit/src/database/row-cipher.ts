import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../config/secret.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps what is secret unreadable in the database: AES-256-GCM, bound to the id of its row. */
export interface RowCipher {
  seal(rowId: string, plain: Buffer): string;
  /** Undefined for what another secret has sealed, stands in another row, or was tampered with. */
  open(rowId: string, sealed: string): Buffer | undefined;
}

/** @param purpose what is sealed, such as `tributary users signing keys`; each has a key of its own (HKDF, RFC 5869) */
export function createRowCipher(secret: Secret, purpose: string): RowCipher {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', purpose, 32));
  return {
    seal(rowId, plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(rowId));
      const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url');
    },
    open(rowId, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const encryptedAt = IV_BYTES + TAG_BYTES;
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(rowId))
          .setAuthTag(bytes.subarray(IV_BYTES, encryptedAt));
        return Buffer.concat([decipher.update(bytes.subarray(encryptedAt)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
