import type { ManagedProcess } from '../graph/managed-process.ts';
import type { Random } from '../random.ts';
import type { StepName } from '../steps/step-name.ts';
import { isOfJob, serviceOf } from '../steps/step-name.ts';

export interface StepKillerOptions {
  steps: readonly StepName[];
  processes: readonly ManagedProcess[];
  random: Random;
  /** Between two kills of one service, in milliseconds. */
  pauseMs: { from: number; to: number };
}

/** Lets processes be killed at every named step in turn. */
export interface StepKiller {
  /** How often each step was hit. */
  readonly hits: ReadonlyMap<StepName, number>;
  /** Whether every step was. */
  readonly isComplete: boolean;
  start(): void;
  stop(): void;
  /** Whether a process is to be killed at a step that it does not pass itself; counts as its hit. */
  isArmed(process: ManagedProcess, step: StepName): boolean;
  /** A process has died there. */
  hit(process: ManagedProcess, step: StepName): void;
}

const LOOK_EVERY_MS = 200;
const TURN_MS = 2000;
/** So few missing steps are rare ones: all of a service's processes wait for them. */
const RARE = 6;
/** Once all of a service's steps were hit, so many of them are armed again at a time, after a rest that others use. */
const ARMED_AGAIN = 4;
const REST_MS = { from: 20_000, to: 40_000 };

/**
 * Arms the steps of a service that were not hit yet, in one of its processes after the other, so that another one goes
 * on, and in all of them once only rare ones are left. Where that comes by one of them it dies, and nothing of the
 * service but its jobs is armed until all of its processes are there and had time to work: killed faster than that, on a
 * slow machine, they would do nothing but start.
 */
export function createStepKiller({ steps, processes, random, pauseMs }: StepKillerOptions): StepKiller {
  const hits = new Map<StepName, number>(steps.map((step) => [step, 0]));
  const services = [...new Set(steps.map(serviceOf))].map((name) => ({
    name,
    processes: processes.filter(({ service }) => service === name),
    quietUntil: 0,
    /** Processes that are armed, with which steps, and until when others get their turn. */
    armed: undefined as { processes: ManagedProcess[]; steps: StepName[]; until: number } | undefined,
  }));
  type Service = (typeof services)[number];
  let timer: NodeJS.Timeout | undefined;

  /** But for `still`, in all processes. */
  const disarm = (service: Service, still: readonly StepName[]) => {
    for (const process of service.processes) process.send({ arm: still });
    service.armed = undefined;
  };
  /** They stay armed until they were hit: they come too seldom to keep anybody from work. */
  const jobsOf = (service: Service) => missingOf(service.name).filter(isOfJob);

  const arm = (service: Service, now: number) => {
    const missing = missingOf(service.name).length;
    const rare = missing > 0 && missing <= RARE;
    const armed = {
      processes: rare ? service.processes : [random.pick(service.processes)],
      steps: stepsToArm(service.name),
      until: now + TURN_MS,
    };
    service.armed = armed;
    for (const process of armed.processes) process.send({ arm: armed.steps });
  };

  const look = () => {
    const now = performance.now();
    for (const service of services) {
      const ready = service.processes.every(({ isReady }) => isReady);
      if (!ready) service.quietUntil = Math.max(service.quietUntil, now + random.between(pauseMs.from, pauseMs.to));
      if (service.armed === undefined || !ready || now > service.armed.until) disarm(service, jobsOf(service));
      if (service.armed === undefined && now >= service.quietUntil) arm(service, now);
    }
  };

  const missingOf = (name: string) => steps.filter((step) => serviceOf(step) === name && hits.get(step) === 0);

  const stepsToArm = (name: string): StepName[] => {
    const missing = missingOf(name);
    if (missing.length > 0) return missing;
    return random.shuffle(steps.filter((step) => serviceOf(step) === name)).slice(0, ARMED_AGAIN);
  };

  const serviceFor = (process: ManagedProcess) => services.find(({ name }) => name === process.service);

  return {
    hits,
    get isComplete() {
      return [...hits.values()].every((times) => times > 0);
    },
    start() {
      timer = setInterval(look, LOOK_EVERY_MS);
    },
    stop() {
      clearInterval(timer);
      for (const service of services) disarm(service, []);
    },
    isArmed(process, step) {
      const armed = serviceFor(process)?.armed;
      return (armed?.processes.includes(process) && armed.steps.includes(step)) ?? false;
    },
    hit(process, step) {
      hits.set(step, (hits.get(step) ?? 0) + 1);
      const service = serviceFor(process);
      if (service === undefined) return;
      disarm(service, jobsOf(service));
      const { from, to } = missingOf(service.name).length > 0 ? pauseMs : REST_MS;
      service.quietUntil = performance.now() + random.between(from, to);
    },
  };
}
