import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';

const TEMPLATE = `
{{- $made := genSelfSignedCert .Values.host nil (list .Values.host) 30 }}
apiVersion: v1
kind: Secret
metadata: { name: {{ .Values.name }}, namespace: {{ .Values.namespace }} }
type: kubernetes.io/tls
data: { tls.crt: {{ b64enc $made.Cert }}, tls.key: {{ b64enc $made.Key }} }
`;

/** A certificate for a host, signed by itself, in a Secret. Helm makes it: nothing else that is here can. */
export async function addTlsSecret(
  cluster: Cluster,
  { name, namespace, host }: { name: string; namespace: string; host: string },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-certificate-'));
  try {
    mkdirSync(join(folder, 'templates'));
    writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: certificate\nversion: 0.1.0\n');
    writeFileSync(join(folder, 'templates/secret.yaml'), TEMPLATE);
    const values = { name, namespace, host };
    const set = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    await cluster.apply(await cluster.helm('template', 'certificate', folder, '--set', set.join(',')), namespace);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
