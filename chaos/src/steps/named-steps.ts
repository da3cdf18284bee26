import { providerCalls } from '../graph/provider-proxy.ts';
import {
  answers,
  asksProvider,
  hears,
  POSITIONS,
  type Position,
  type StepName,
  says,
  stepName,
  works,
} from './step-name.ts';

/** Services that an order goes through. */
const SERVICES = ['orders', 'inventory', 'payments', 'notifications'] as const;
/** What is said of accounts has no step of an order. */
const NOT_OF_ORDERS = /^users\./;

const AROUND_BROKER: readonly Position[] = [POSITIONS.beforeBroker, POSITIONS.afterBroker];
const AROUND_COMMIT: readonly Position[] = [POSITIONS.beforeCommit, POSITIONS.afterCommit];
const AROUND_PROVIDER: readonly Position[] = [POSITIONS.beforeProvider, POSITIONS.afterProvider];

/** What begins a transaction beside events. */
const COMMITTING: readonly string[] = [
  answers('orders', 'placeOrder'),
  answers('orders', 'cancelOrder'),
  answers('orders', 'requestReturn'),
  answers('payments', 'completePaymentChallenge'),
  answers('payments', 'refundPayment'),
  works('payments', 'records what the provider said'),
  works('payments', 'is told by webhook'),
  works('inventory', 'does expire reservations'),
  works('orders', 'does end idle orders'),
];

/** Every named step: event types × positions, as the services' own definitions have them, and what else commits. */
export async function findNamedSteps(): Promise<StepName[]> {
  const steps: StepName[] = [];
  const add = (activity: string, positions: readonly Position[]) =>
    steps.push(...positions.map((position) => stepName(activity, position)));
  for (const service of SERVICES) {
    for (const type of await eventTypesOf(service)) {
      if (NOT_OF_ORDERS.test(type)) continue;
      if (type.startsWith(`${service}.`)) add(says(service, type), AROUND_BROKER);
      else add(hears(service, type), AROUND_COMMIT);
    }
  }
  for (const activity of COMMITTING) add(activity, AROUND_COMMIT);
  for (const call of providerCalls) add(asksProvider(call), AROUND_PROVIDER);
  return steps;
}

async function eventTypesOf(service: string): Promise<string[]> {
  const definitions: Record<string, unknown> = await import(
    new URL(`../../../subgraphs/${service}/src/events.ts`, import.meta.url).href
  );
  return Object.values(definitions).flatMap((definition) => {
    const { type } = Object(definition) as { type?: unknown };
    return typeof type === 'string' ? [type] : [];
  });
}
