import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run e2e:cluster -- [STEP …] [FLAGS]
  STEP                only these, such as observability; the installation is always made. Default: all
  --kubeconfig FILE   the cluster; default: KUBECONFIG. The namespaces shop and shop-mesh must not be there
                      yet: they are made, and deleted at the end
  --tag TAG           of the images tributary/gateway, …, which the cluster's nodes have, as they have
                      those that docs/kubernetes.md names; default 0.1.0
  --keep              leaves everything as it is at the end
  --phase WORD        only the phase with this word in its name: bare, mesh`;

export interface EndToEndOptions {
  kubeconfig: string;
  tag: string;
  keep: boolean;
  phase: string | undefined;
  only: readonly string[] | undefined;
}

/**
 * @param stepNames of all phases
 * @throws Error that says what is wrong.
 */
export function endToEndOptions(args: readonly string[], stepNames: readonly string[]): EndToEndOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      kubeconfig: { type: 'string', default: process.env.KUBECONFIG ?? '' },
      tag: { type: 'string', default: '0.1.0' },
      keep: { type: 'boolean', default: false },
      phase: { type: 'string' },
    },
    allowPositionals: true,
  });
  const { kubeconfig, tag, keep, phase } = values;
  const unknown = positionals.filter((name) => !stepNames.includes(name));
  if (unknown.length > 0)
    throw new Error(`no steps: ${unknown.join(', ')}; there are ${[...new Set(stepNames)].join(', ')}`);
  if (kubeconfig === '') throw new Error('--kubeconfig: expected the file by which the cluster is reached');
  return { kubeconfig, tag, keep, phase, only: positionals.length === 0 ? undefined : positionals };
}
