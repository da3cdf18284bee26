import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAnswer } from './check-answers.ts';
import { CONTENDERS } from './contenders/contenders.ts';
import { installContenders } from './contenders/install-contenders.ts';
import { type RunningContender, startContender } from './contenders/start-contender.ts';
import { type Fixtures, startFixtures } from './fixtures/start-fixtures.ts';
import { composeSupergraph, type Supergraph } from './fixtures/supergraph.ts';
import { type Flags, readFlags, USAGE } from './flags.ts';
import { startLoadThread } from './load/start-load-thread.ts';
import { createTokenIssuer, type TokenSettings } from './load/tokens.ts';
import { type Case, type Figures, measure } from './measure.ts';
import { OPERATIONS } from './operations.ts';
import { machine, markdownReport, toRow } from './report.ts';

/** Of eight digits, as all are that a run needs, so that a gateway's answers are of one length. */
const FIRST_STAMP = 10_000_000;
const WARM_UP_SECONDS = 3;

interface Stage {
  readonly flags: Flags;
  readonly tokens: TokenSettings;
  readonly fixtures: Fixtures;
  readonly supergraph: Supergraph;
  readonly folder: string;
}

/** The gateway against its peers, side by side on the same subgraphs; see bench/README.md. */
export async function benchGateways(args: string[]): Promise<void> {
  if (args.includes('--help')) return console.log(USAGE);
  const flags = flagsOrExit(args);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));

  const tokens = createTokenIssuer();
  const fixtures = await startFixtures(tokens.keys, folder);
  const supergraph = composeSupergraph(fixtures.urls.subgraphs);
  const stage = { flags, tokens, fixtures, supergraph, folder };
  const cases = await checkedCases(stage, await startGateways(stage));
  if (flags.quick) return reportChecks(cases);

  const rounds = await measureAll(stage, cases);
  const rows = cases.map((each) => toRow({ ...each, rounds: rounds.get(each) ?? [] }));
  console.log(markdownReport(rows, flags));
  if (flags.json !== undefined) {
    const { seconds } = flags;
    writeFileSync(flags.json, `${JSON.stringify({ machine: machine(), at: new Date(), seconds, rows }, null, 2)}\n`);
  }
}

function flagsOrExit(args: string[]): Flags {
  try {
    return readFlags(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return process.exit(2);
  }
}

/** Each contender that is asked for, and once more with sharing on where it can share and a mode needs it. */
async function startGateways({ flags, tokens, fixtures, supergraph, folder }: Stage): Promise<RunningContender[]> {
  const contenders = CONTENDERS.filter(({ name }) => flags.only.includes(name));
  if (contenders.some(({ installed }) => installed)) installContenders();
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph.sdl);
  const { issuer, audience } = tokens;
  const setup = { supergraph: file, folder, tokens: { issuer, audience, jwks: fixtures.urls.jwks } };
  const wanted = [false, true].filter((sharing) => flags.modes.some((mode) => (mode === 'sharing') === sharing));
  const gateways: RunningContender[] = [];
  // One after the other: each finds its port and starts without the others in its way.
  for (const sharing of wanted) {
    for (const contender of contenders) {
      if (!sharing || contender.canShare) gateways.push(await startContender(contender, { ...setup, sharing }));
    }
  }
  return gateways;
}

/** Everything to measure, where all answers have been seen to be equal. */
async function checkedCases(stage: Stage, gateways: readonly RunningContender[]): Promise<Case[]> {
  const checks = { ...stage, privateKey: stage.tokens.privateKey, stamps: [FIRST_STAMP, FIRST_STAMP + 1] } as const;
  const cases: Case[] = [];
  for (const operation of OPERATIONS) {
    for (const gateway of gateways) {
      const answer = await checkAnswer(gateway, operation, checks);
      for (const mode of stage.flags.modes) {
        if ((mode === 'sharing') === gateway.sharing) cases.push({ mode, operation, gateway, answer });
      }
    }
  }
  // Who asks is part of what is shared: requests with tokens of their own are never alike.
  return cases.filter(({ mode, operation }) => mode !== 'sharing' || !operation.authenticated);
}

/** Round by round, so that what the machine does besides hits every gateway alike. */
async function measureAll(stage: Stage, cases: readonly Case[]): Promise<Map<Case, Figures[]>> {
  const { flags, tokens, fixtures } = stage;
  await using load = startLoadThread();
  const bench = { load, fixtures, privateKey: tokens.privateKey, stamps: { next: FIRST_STAMP + 2 } };
  const measured = new Map<Case, Figures[]>(cases.map((each) => [each, []]));
  for (const each of cases) await measure(each, WARM_UP_SECONDS, bench);
  for (let round = 1; round <= flags.rounds; round++) {
    for (const [each, rounds] of measured) rounds.push(await measure(each, flags.seconds, bench));
    console.error(`round ${round} of ${flags.rounds} done`);
  }
  return measured;
}

function reportChecks(cases: readonly Case[]): void {
  const wrong = new Set<string>();
  for (const { gateway, operation, answer } of cases) {
    const { name, subgraphRequests } = gateway.contender;
    const most = subgraphRequests[operation.name];
    if (answer.subgraphRequests > most) {
      wrong.add(`${name}: ${operation.name} takes ${answer.subgraphRequests} subgraph requests, not ${most} at most`);
    }
  }
  if (wrong.size > 0) {
    console.error([...wrong].join('\n'));
    process.exit(1);
  }
  const names = new Set(cases.map(({ gateway }) => gateway.contender.name));
  console.log(`${[...names].join(', ')}: answers equal, and as many subgraph requests as known`);
}
