import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningLocal, startLocal } from '../start-local.ts';
import { type Ask, graphClient, mutator, signIn } from './graph-client.ts';
import { type Picture, pictureOf } from './purchase-picture.ts';
import { type Customer, type Purchase, type ShopActions, shopActions } from './shop-actions.ts';

/** The whole graph in this process, and what customers and an administrator do with it, all by its API. */
export interface Shop extends AsyncDisposable, ShopActions {
  graph: RunningLocal;
  ask: Ask;
  /** For mutations that are to succeed. */
  mutate: ReturnType<typeof mutator>;
  admin: Customer['headers'];
  logLines: { level: string; message: string }[];
  picture(purchase: Purchase): Promise<Picture>;
}

export async function startShop(port: number): Promise<Shop> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tributary-shop-'));
  const logLines: Shop['logLines'] = [];
  const graph = await startLocal(
    { dataFolder, fresh: false, port, logLevel: 'info', ports: 'free' },
    { logDestination: { write: (line) => logLines.push(JSON.parse(line)) } },
  );
  const ask = graphClient(graph.gateway.url);
  const keeper = graph.demoUsers.find(({ roles }) => roles.includes('admin'));
  if (keeper === undefined) throw new Error('expected an administrator among the demo users');
  const admin = await signIn(ask, keeper.email, keeper.password);
  return {
    ...{ graph, ask, admin, logLines, mutate: mutator(ask) },
    ...shopActions(ask, admin),
    picture: (purchase) => pictureOf(ask, admin, purchase),
    async [Symbol.asyncDispose]() {
      await graph.stop();
      rmSync(dataFolder, { recursive: true });
    },
  };
}
