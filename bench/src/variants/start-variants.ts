import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAnswer } from '../gateways/check-answers.ts';
import { CONTENDERS, shippedGateway } from '../gateways/contenders/contenders.ts';
import { type RunningContender, startContender } from '../gateways/contenders/start-contender.ts';
import { startFixtures } from '../gateways/fixtures/start-fixtures.ts';
import { composeSupergraph } from '../gateways/fixtures/supergraph.ts';
import { createTokenIssuer } from '../gateways/load/tokens.ts';
import type { Bench, Case } from '../gateways/measure.ts';
import { OPERATIONS, type Operation } from '../gateways/operations.ts';
import { pinToCore } from './pin-to-core.ts';

/** A gateway of ours, and what its configuration has beside the others'. */
export interface Variant {
  title: string;
  settings: object;
  /** What its CPU time may be of the first one's. The benchmark fails where it is more, by the lower end of the interval. */
  most?: number;
}

/** One operation at gateways that are alike but for one thing. */
export interface VariantCases {
  readonly operation: string;
  readonly cases: readonly Case[];
}

export interface VariantSet extends Disposable {
  readonly rows: readonly VariantCases[];
}

export interface VariantBench {
  readonly bench: Omit<Bench, 'load'>;
  /** Whether gateways have a core to themselves. */
  readonly isPinned: boolean;
  /** Each gateway anew, in a process of its own, that has answered each operation rightly. */
  startSet(): Promise<VariantSet>;
}

const FIRST_STAMP = 10_000_000;
const [GATEWAYS_CORE, OTHERS_CORE] = [0, 1];

/** Starts the subgraphs. @param folder is there until the benchmark ends */
export async function startVariants(
  folder: string,
  variants: readonly Variant[],
  operationNames: readonly string[],
): Promise<VariantBench> {
  const tokens = createTokenIssuer();
  const fixtures = await startFixtures(tokens.keys, folder);
  const supergraph = composeSupergraph(fixtures.urls.subgraphs);
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph.sdl);
  const { issuer, audience, privateKey } = tokens;
  const setup = { supergraph: file, sharing: false, tokens: { issuer, audience, jwks: fixtures.urls.jwks } };
  const checks = { supergraph, fixtures, privateKey, stamps: [FIRST_STAMP, FIRST_STAMP + 1] } as const;
  const operations = OPERATIONS.filter(({ name }) => operationNames.includes(name));
  const casesOf = async (operation: Operation, gateways: readonly RunningContender[]): Promise<Case[]> =>
    inTurn(gateways, async (gateway) => ({
      ...{ mode: 'off' as const, operation, gateway },
      answer: await checkAnswer(gateway, operation, checks),
    }));
  return {
    bench: { fixtures, privateKey, stamps: { next: FIRST_STAMP + 2 } },
    isPinned: pinToCore(process.pid, OTHERS_CORE) && pinToCore(fixtures.pid, OTHERS_CORE),
    async startSet() {
      const gateways = await inTurn(variants, async (variant) => {
        const own = join(folder, variant.title);
        mkdirSync(own, { recursive: true });
        const gateway = await startContender(gatewayOf(variant), { ...setup, folder: own });
        pinToCore(gateway.pid, GATEWAYS_CORE);
        return gateway;
      });
      const rows = await inTurn(operations, async (operation) => ({
        operation: operation.name,
        cases: await casesOf(operation, gateways),
      }));
      return {
        rows,
        [Symbol.dispose]() {
          for (const { pid } of gateways) process.kill(pid);
        },
      };
    },
  };
}

function gatewayOf({ title, settings }: Variant) {
  const shipped = CONTENDERS.find(({ name }) => name === 'tributary');
  if (shipped === undefined) throw new Error('no gateway of ours');
  const command = (setup: Parameters<typeof shippedGateway>[0]) => shippedGateway(setup, settings);
  return { ...shipped, title, command };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
