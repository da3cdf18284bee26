import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../scripts/testing/free-ports.ts';
import { type Checker, createChecker, type Violation } from './checker/checker.ts';
import { type OrderFigures, readOrderFigures } from './checker/order-lives.ts';
import { createFaultLog, FAULT_KINDS, type FaultLog, injectedFaults } from './faults/fault-log.ts';
import { beginFaults } from './faults/faults.ts';
import { createStepKiller, type StepKiller } from './faults/kill-at-steps.ts';
import { type CallLoser, createCallLoser } from './faults/lose-calls.ts';
import { type DeathWatch, watchDeaths } from './faults/watch-deaths.ts';
import { type CuttableEntry, startCuttableEntry } from './graph/cuttable-entry.ts';
import { type GraphOptions, type GraphProcesses, startGraphProcesses } from './graph/graph-processes.ts';
import type { Settings } from './graph/graph-settings.ts';
import type { ManagedProcess } from './graph/managed-process.ts';
import { startProviderProxy } from './graph/provider-proxy.ts';
import type { Following } from './live/follow-order.ts';
import { createFollowers, type Followers } from './live/followers.ts';
import { type StreamWitness, watchStream } from './live/stream-witness.ts';
import { type Answers, createAnswers } from './load/answers.ts';
import { createGraphClient } from './load/graph-client.ts';
import { runLoad } from './load/load.ts';
import { cards, type Manner } from './load/manners.ts';
import { closeShop, openShop } from './load/shop.ts';
import { FAULTS_AFTER_PLACING_MS, type Profile } from './profiles.ts';
import { createRandom, type Random } from './random.ts';
import type { StepName } from './steps/step-name.ts';
import { countRepetitions, type Repetition } from './steps/work-journal.ts';

export interface ChaosOptions {
  seed: number;
  profile: Profile;
  steps: readonly StepName[];
  settings: Settings;
  /** Everything of the run is kept there. */
  folder: string;
  /** The sources that run. Default: these. */
  root?: string;
  manner?: (random: Random) => Manner;
  replicas?: GraphOptions['replicas'];
  /** End at the first invariant that does not hold. Default false. */
  stopAtViolation?: boolean;
  progress(line: string): void;
}

export interface ChaosResult {
  seed: number;
  figures: OrderFigures;
  answered: number;
  log: FaultLog;
  hits: ReadonlyMap<StepName, number>;
  endedAlone: ReadonlyMap<string, number>;
  repetitions: Record<Repetition, number>;
  /** What was seen while faults went on, and what was left at the end. */
  violations: Violation[];
  /** How often the invariants of every instant were checked while faults went on. */
  samples: number;
  /** Requests that customers got no answer to, and sent again, by the error's code. */
  unanswered: ReadonlyMap<string, number>;
  /** What customers were told of the orders that they follow. */
  followings: readonly Following[];
  /** From the end of the faults until everything held; undefined when that did not come. */
  convergedMs: number | undefined;
  tookMs: number;
}

const SAMPLE_EVERY_MS = 5000;
const ENOUGH_SLOWS_BY = 2;
const LOOK_AGAIN_MS = 1000;
/** So few steps that are still to be hit are named. */
const FEW_STEPS = 10;

/** One run: the graph starts, customers order, faults come and go, and in the end everything must hold. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { profile, seed, progress } = options;
  const startedAt = performance.now();
  const random = createRandom(seed);
  /** By the name of the process that is killed; it comes into being after its proxy. */
  const passes = new Map<string, (step: StepName, about: string) => boolean>();
  const brokerEntries = new Map<string, CuttableEntry>();
  await using stack = new AsyncDisposableStack();
  await using graph = await startGraphProcesses({
    folder: options.folder,
    ...(options.root === undefined ? {} : { root: options.root }),
    settings: options.settings,
    ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
    reports: profile.reports,
    async providerEntry(processName, providerPort) {
      const [port = 0] = await freePorts(1);
      const pass = (step: StepName, about: string) => passes.get(processName)?.(step, about) ?? false;
      const proxy = await startProviderProxy({ port, providerPort, pass });
      stack.defer(() => proxy.close());
      return port;
    },
    async brokerEntry(processName, brokerPort) {
      const [port = 0] = await freePorts(1);
      const entry = await startCuttableEntry(port, brokerPort);
      stack.defer(() => entry.close());
      brokerEntries.set(processName, entry);
      return port;
    },
  });
  progress(`${graph.processes.length} processes, PostgreSQL and NATS run`);
  const killer = createStepKiller({
    steps: options.steps,
    processes: graph.processes,
    random: random.fork('kill at steps'),
    pauseMs: profile.pauseBetweenStepsMs,
  });
  const log = createFaultLog();
  const deaths = watchDeaths(graph, log, killer);
  const calls = createCallLoser(profile.losses?.providerChance ?? 0, random.fork('lose provider calls'), log);
  for (const process of graph.processes) {
    const kill = killing(process, killer, deaths);
    passes.set(process.name, (step, about) => kill(step, about) || calls.loses(process.name, step, about));
  }
  const answers = createAnswers(join(options.folder, 'answers.jsonl'));
  await using witness = await watchStream(graph.broker.port);
  const parts = { graph, killer, calls, brokerEntries, log, random, answers, witness };
  const during = await loadAndFaults(options, parts);
  return {
    seed,
    figures: await readOrderFigures(graph.postgres.adminUrl),
    answered: answers.list().length,
    log,
    hits: killer.hits,
    endedAlone: deaths.endedAlone,
    repetitions: countRepetitions(journalsOf(graph)),
    ...during,
    tookMs: performance.now() - startedAt,
  };
}

const journalsOf = (graph: GraphProcesses) =>
  graph.processes.flatMap(({ name, starts }) =>
    Array.from({ length: starts }, (_, index) => graph.journalOf(name, index + 1)),
  );

/** Kills a payments process between its call and the provider, where that step is armed. */
const killing =
  (process: ManagedProcess, killer: StepKiller, deaths: DeathWatch) =>
  (step: StepName, about: string): boolean => {
    if (!killer.isArmed(process, step)) return false;
    deaths.expect(process, step, about);
    return process.kill();
  };

interface Parts {
  graph: GraphProcesses;
  killer: StepKiller;
  calls: CallLoser;
  brokerEntries: ReadonlyMap<string, CuttableEntry>;
  log: FaultLog;
  random: Random;
  answers: Answers;
  witness: StreamWitness;
}

async function loadAndFaults(
  options: ChaosOptions,
  parts: Parts,
): Promise<Pick<ChaosResult, 'violations' | 'samples' | 'unanswered' | 'followings' | 'convergedMs'>> {
  const { profile, progress } = options;
  const { gatewayUrl } = parts.graph;
  const ask = createGraphClient(gatewayUrl);
  const { products, stockOfEach: stock, customers } = profile;
  const shop = await openShop(ask, { products, stock, customers, cards });
  progress(`${customers} customers, ${products} products with ${stock} of each`);

  const accounts = shop.customers.slice(0, profile.followers);
  const followers = createFollowers({ gatewayUrl, accounts, random: parts.random.fork('followers') });
  const checker = checkerOf(parts, followers);
  const [placing, ending] = [new AbortController(), new AbortController()];
  const load = runLoad({
    ...{ ask, shop, answers: parts.answers, placing: placing.signal, signal: ending.signal },
    // Once there are enough, fewer do for the steps that are still to be hit.
    everyMs: () => profile.orderEveryMs * (placedIn(parts.answers) < profile.orders ? 1 : ENOUGH_SLOWS_BY),
    random: parts.random.fork('load'),
    restocked: profile.restocked,
    onPlaced: followers.placed,
    ...(options.manner === undefined ? {} : { manner: options.manner }),
  });
  const endFaults = beginFaults({ ...parts, profile });
  const sampled = sample(checker, ending.signal, options.stopAtViolation ? () => ending.abort() : () => {});
  await untilEnough(options, parts, ending.signal);
  placing.abort();
  progress('no more orders');
  await delay(FAULTS_AFTER_PLACING_MS, undefined, { signal: ending.signal }).catch(() => {});
  ending.abort();
  await endFaults();
  const faultsEndedAt = performance.now();
  progress('the faults have ended');
  await load;
  const { violations, samples } = await sampled;
  const isOver = options.stopAtViolation === true && violations.length > 0;
  if (!isOver) await closeShop(ask, shop, faultsEndedAt + profile.convergeMs);
  await ask.close();
  const end = isOver ? NOT_AWAITED : await converge(checker, parts.graph, faultsEndedAt, profile.convergeMs);
  await followers.stop();
  return {
    violations: [...violations, ...end.violations],
    convergedMs: end.convergedMs,
    ...{ samples, unanswered: ask.unanswered, followings: followers.list() },
  };
}

const checkerOf = ({ graph, answers, witness }: Parts, followers: Followers): Checker =>
  createChecker({
    databaseUrl: graph.postgres.adminUrl,
    providerLedger: graph.providerLedger,
    outside: (when) => ({
      answers: answers.list(),
      // In a run of hours they are many, and nothing is said of them before the end.
      ...(when === 'all'
        ? { followings: followers.list(), streamed: witness.list() }
        : { followings: [], streamed: [] }),
    }),
  });

const placedIn = (answers: Answers) => new Set(answers.list().map(({ orderId }) => orderId)).size;

/** Until there are enough orders and every step was hit, within the profile's times; or the end has come otherwise. */
async function untilEnough(
  { profile, progress }: ChaosOptions,
  { answers, killer, log }: Parts,
  ending: AbortSignal,
): Promise<void> {
  const { from, to } = profile.faultsMs;
  const startedAt = performance.now();
  const passedMs = () => performance.now() - startedAt;
  const placed = () => placedIn(answers);
  const injected = () => injectedFaults(log);
  const isEnough = () =>
    passedMs() >= from && placed() >= profile.orders && injected() >= profile.faults && killer.isComplete;
  for (let told = 0; passedMs() < to && !isEnough() && !ending.aborted; ) {
    await delay(LOOK_AGAIN_MS, undefined, { signal: ending }).catch(() => {});
    if (passedMs() - told < profile.tellEveryMs) continue;
    told = passedMs();
    const missing = [...killer.hits].filter(([, times]) => times === 0).map(([step]) => step);
    const hit = `${killer.hits.size - missing.length} of ${killer.hits.size} named steps`;
    const named = missing.length > 0 && missing.length <= FEW_STEPS ? ` (not yet: ${missing.join('; ')})` : '';
    progress(`${placed()} orders, ${hit}${named}, ${injected()} faults: ${kindsOf(log)}`);
  }
}

const kindsOf = ({ faults }: FaultLog) =>
  FAULT_KINDS.map((kind) => [faults.filter((fault) => fault.kind === kind).length, kind] as const)
    .filter(([times]) => times > 0)
    .map(([times, kind]) => `${times} ${kind}`)
    .join(', ');

/** Checks again and again what must be so at every instant. */
async function sample(
  checker: Checker,
  signal: AbortSignal,
  onViolation: () => void,
): Promise<{ violations: Violation[]; samples: number }> {
  const violations = new Map<string, Violation>();
  let samples = 0;
  while (!signal.aborted) {
    const found = await checker.check('always').catch(onlyWhileAway);
    if (found !== undefined) samples++;
    for (const violation of found ?? []) violations.set(violation.invariant, violation);
    if (violations.size > 0) onViolation();
    await delay(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return { violations: [...violations.values()], samples };
}

/** The database is away at times; that a check is wrong itself, or takes too long, must not look the same. */
function onlyWhileAway(error: unknown): undefined {
  if ((error as { severity?: string }).severity === 'ERROR') throw error;
}

/** Waits until everything holds and the broker has nothing left to deliver, at most `withinMs` from `from` on. */
async function converge(
  checker: Checker,
  { broker }: GraphProcesses,
  from: number,
  withinMs: number,
): Promise<{ violations: Violation[]; convergedMs: number | undefined }> {
  for (;;) {
    const pending = await broker.pending();
    const violations = await checker.check('all');
    const tookMs = performance.now() - from;
    if (violations.length === 0 && pending === 0) return { violations, convergedMs: tookMs };
    if (tookMs > withinMs) return { violations: [...violations, ...undelivered(pending)], convergedMs: undefined };
    await delay(LOOK_AGAIN_MS);
  }
}

const NOT_AWAITED = { violations: [], convergedMs: undefined };

const undelivered = (pending: number): Violation[] =>
  pending === 0
    ? []
    : [
        {
          invariant: 'the broker has delivered everything',
          means: 'messages still wait for a consumer, or for its acknowledgement',
          count: pending,
          offences: [],
        },
      ];
