import { execFileSync } from 'node:child_process';

/** What the subgraph in Python is run with. */
export interface Python {
  readonly executable: string;
  /** The folder that has the packages of `requirements.txt`. */
  readonly packages: string;
}

/** Python 3.11 or later with those packages, in the folder that `PYTHON_PACKAGES` names; undefined where there is none. */
export function findPython(): Python | undefined {
  const packages = process.env.PYTHON_PACKAGES;
  if (packages === undefined || packages === '') return undefined;
  const python = { executable: 'python3', packages };
  try {
    execFileSync(python.executable, ['-c', 'import strawberry.asgi, uvicorn'], {
      env: pythonEnv(python),
      stdio: 'ignore',
    });
    return python;
  } catch {
    return undefined;
  }
}

export const pythonEnv = ({ packages }: Python): NodeJS.ProcessEnv => ({
  ...process.env,
  PYTHONPATH: packages,
  PYTHONDONTWRITEBYTECODE: '1',
});
