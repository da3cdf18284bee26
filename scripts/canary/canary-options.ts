import { parseArgs } from 'node:util';
import { ConfigError } from '../../packages/service-kit/src/index.ts';

const USAGE = `Usage: npm run canary -- STEP SERVICE [FLAGS]
  start SERVICE --tag TAG     runs TAG beside the version that serves; only requests with the header "canary: true" reach it.
                              A schema that changed is checked and composed first, and the gateway gets a canary as well
  shift SERVICE --weight N    N percent of all requests reach it
  promote SERVICE             it becomes the version that serves
  abort SERVICE               it ends, and nothing else has changed
Flags: --release NAME (tributary), --namespace NAME (default), --chart PATH (charts/tributary),
       --against REF (origin/main): what start checks the schema against, --dry-run: prints what it would do`;

const FLAGS = {
  tag: { type: 'string' },
  weight: { type: 'string' },
  release: { type: 'string', default: 'tributary' },
  namespace: { type: 'string', default: 'default' },
  chart: { type: 'string', default: 'charts/tributary' },
  against: { type: 'string', default: 'origin/main' },
  'dry-run': { type: 'boolean', default: false },
} as const;

const STEPS = ['start', 'shift', 'promote', 'abort'] as const;

export interface CanaryOptions {
  step: (typeof STEPS)[number];
  service: string;
  /** The image's; with `start`. */
  tag: string;
  /** Percent; with `shift`. */
  weight: number;
  release: string;
  namespace: string;
  chart: string;
  /** The git reference whose schemas are compared; with `start`. */
  against: string;
  dryRun: boolean;
}

/** @throws ConfigError that says what is wrong, and how it is used. */
export function canaryOptions(args: readonly string[]): CanaryOptions {
  const { values, positionals } = parse(args);
  const [name, service = '', ...rest] = positionals;
  const step = STEPS.find((candidate) => candidate === name);
  if (step === undefined || rest.length > 0) throw wrong(`expected one of ${STEPS.join(', ')}, and a service`);
  if (!/^[a-z][a-z0-9]{1,30}$/.test(service)) throw wrong('SERVICE: expected a name such as users');
  const { tag = '', weight: given = '', 'dry-run': dryRun, ...where } = values;
  if (step === 'start' && !/^[\w][\w.-]{0,127}$/.test(tag)) throw wrong('--tag: expected the tag of an image');
  const weight = Number(given);
  if (step === 'shift' && !(/^\d+$/.test(given) && weight <= 100)) throw wrong('--weight: expected 0 to 100');
  return { step, service, tag, weight, dryRun, ...where };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

const wrong = (message: string) => new ConfigError(`${message}\n\n${USAGE}`);
