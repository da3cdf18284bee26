import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateServiceKeyPair, type ServiceKeyPair } from '@tributary/service-kit';

/** What a deployment keeps in its secrets; locally made once and kept beside the data. */
export interface LocalSecrets {
  /** Key pairs of the services that call others, by service. */
  serviceKeys: Record<string, ServiceKeyPair>;
  /** Encrypts the users' signing keys, signs links, and so on, by use. */
  secrets: Record<string, string>;
}

/** Adds what is missing, so that a new service or a new use gets its secret at the next start. */
export async function loadLocalSecrets(
  folder: string,
  services: readonly string[],
  uses: readonly string[],
): Promise<LocalSecrets> {
  const file = join(folder, 'secrets.json');
  const kept: Partial<LocalSecrets> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const serviceKeys = { ...kept.serviceKeys };
  for (const service of services) serviceKeys[service] ??= await generateServiceKeyPair(service);
  const secrets = { ...kept.secrets };
  for (const use of uses) secrets[use] ??= randomBytes(32).toString('hex');
  writeFileSync(file, JSON.stringify({ serviceKeys, secrets }), { mode: 0o600 });
  return { serviceKeys, secrets };
}
