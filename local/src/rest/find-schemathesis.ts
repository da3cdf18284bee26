import { execFileSync } from 'node:child_process';

export interface Schemathesis {
  readonly executable: string;
  readonly args: readonly string[];
  /** The folder that has the packages of `requirements.txt`. */
  readonly packages: string;
}

/** schemathesis, in the folder that `SCHEMATHESIS_PACKAGES` names; undefined where there is none. */
export function findSchemathesis(): Schemathesis | undefined {
  const packages = process.env.SCHEMATHESIS_PACKAGES;
  if (packages === undefined || packages === '') return undefined;
  const found = { executable: 'python3', args: ['-m', 'schemathesis.cli'], packages };
  try {
    execFileSync(found.executable, [...found.args, '--version'], { env: environmentOf(found), stdio: 'ignore' });
    return found;
  } catch {
    return undefined;
  }
}

export const environmentOf = ({ packages }: Schemathesis): NodeJS.ProcessEnv => ({
  ...process.env,
  PYTHONPATH: packages,
  PYTHONDONTWRITEBYTECODE: '1',
  NO_COLOR: '1',
});
