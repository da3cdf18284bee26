import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateServiceKeyPair, type ServiceKeyPair } from '@tributary/service-kit';

/** What a deployment keeps in its secrets; here each is made when it is first asked for, and kept beside the data. */
export interface LocalSecrets {
  /** A service's own keys, by which others know its calls. */
  keysOf(service: string): Promise<ServiceKeyPair>;
  /** 256 random bits, in hexadecimal digits. */
  secret(use: string): string;
}

export function loadLocalSecrets(folder: string): LocalSecrets {
  const file = join(folder, 'secrets.json');
  const kept: { serviceKeys: Record<string, ServiceKeyPair>; secrets: Record<string, string> } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { serviceKeys: {}, secrets: {} };
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  const makeKeys = async (service: string) => {
    const keys = await generateServiceKeyPair(service);
    kept.serviceKeys[service] = keys;
    save();
    return keys;
  };
  /** Subgraphs start side by side: the second that asks for a service's keys must get those of the first. */
  const making = new Map<string, Promise<ServiceKeyPair>>();
  return {
    async keysOf(service) {
      const known = kept.serviceKeys[service];
      if (known !== undefined) return known;
      const made = making.get(service) ?? makeKeys(service);
      making.set(service, made);
      return made;
    },
    secret(use) {
      const secret = kept.secrets[use] ?? randomBytes(32).toString('hex');
      if (kept.secrets[use] === undefined) {
        kept.secrets[use] = secret;
        save();
      }
      return secret;
    },
  };
}
