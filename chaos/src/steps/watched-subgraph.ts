import type { EventHandler, Job, Routes, Subgraph } from '@tributary/service-kit';
import { activity } from './activity.ts';
import { answers, works } from './step-name.ts';
import type { WorkJournal } from './work-journal.ts';

type Resolver = (parent: unknown, args: unknown, context: unknown, info: unknown) => unknown;

interface MutationInput {
  idempotencyKey?: string;
  orderId?: string;
  paymentId?: string;
}

/** Tells for whom a subgraph works: its mutations, jobs, handlers and routes each begin an activity. */
export const watchSubgraph = (subgraph: Subgraph, service: string, journal: WorkJournal): Subgraph => ({
  ...subgraph,
  resolvers: watchMutations(subgraph.resolvers, service, journal),
  ...(subgraph.handlers === undefined ? {} : { handlers: subgraph.handlers.map(watchHandler) }),
  ...(subgraph.jobs === undefined ? {} : { jobs: subgraph.jobs.map((job) => watchJob(job, service)) }),
  ...(subgraph.routes === undefined ? {} : { routes: watchRoutes(subgraph.routes, service) }),
});

/** Only an event that is new reaches its handler. */
const watchHandler = (handler: EventHandler): EventHandler => ({
  ...handler,
  handle(event, tx) {
    const begun = activity.get();
    if (begun !== undefined) begun.hasEffect = true;
    return handler.handle(event, tx);
  },
});

const watchJob = (job: Job, service: string): Job => ({
  ...job,
  run: () =>
    activity.run({ name: works(service, `does ${job.name}`), hasEffect: true, transactionsLeft: Infinity }, job.run),
});

const watchRoutes =
  (routes: Routes, service: string): Routes =>
  (app) => {
    app.addHook('preHandler', (request, _reply, done) => {
      if (!request.url.startsWith('/webhooks/')) return done();
      activity.run({ name: works(service, 'is told by webhook'), hasEffect: true, transactionsLeft: 1 }, done);
    });
    routes(app);
  };

function watchMutations(resolvers: object, service: string, journal: WorkJournal): object {
  const { Mutation: mutations = {} } = resolvers as { Mutation?: Record<string, Resolver> };
  const watched = Object.entries(mutations).map(([name, resolve]): [string, Resolver] => [
    name,
    async (parent, args, context, info) => {
      const end = journal.begin(aboutOf(args, context));
      const begun = { name: answers(service, name), hasEffect: true, transactionsLeft: 1 };
      try {
        return await activity.run(begun, () => resolve(parent, args, context, info));
      } finally {
        end();
      }
    },
  ]);
  return { ...resolvers, Mutation: Object.fromEntries(watched) };
}

function aboutOf(args: unknown, context: unknown): string {
  const { input } = args as { input?: MutationInput };
  const { identity } = context as { identity: { userId?: string } };
  if (input?.orderId !== undefined) return `order:${input.orderId}`;
  if (input?.paymentId !== undefined) return `payment:${input.paymentId}`;
  return `key:${identity.userId}/${input?.idempotencyKey}`;
}
