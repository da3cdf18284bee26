/** Where within an activity a process can be killed. */
export const POSITIONS = {
  /** It publishes an event: its row is leased, the broker does not have it. */
  beforeBroker: 'before the broker has it',
  /** The broker has it, the outbox still says that it is pending. */
  afterBroker: 'after the broker has it',
  /** A transaction has done all of its work. */
  beforeCommit: 'before commit',
  /** It has committed; nobody has been told: no acknowledgement, no answer. */
  afterCommit: 'after commit',
  /** A call to the provider is on its way. */
  beforeProvider: 'before the provider has it',
  /** The provider has acted, its answer was never read. */
  afterProvider: 'after the provider has acted',
} as const;

export type Position = (typeof POSITIONS)[keyof typeof POSITIONS];

/** Such as `orders hears inventory.stock.reserved.v1: before commit`. */
export type StepName = `${string}: ${Position}`;

export const stepName = (activity: string, position: Position): StepName => `${activity}: ${position}`;

export const says = (service: string, type: string) => `${service} says ${type}`;
export const hears = (service: string, type: string) => `${service} hears ${type}`;
export const answers = (service: string, mutation: string) => `${service} answers ${mutation}`;
export const asksProvider = (call: string) => `payments asks the provider to ${call}`;
/** What no message and no request begins: a job, a payment's task, a report of the provider. */
export const works = (service: string, what: string) => `${service} ${what}`;

/** Whether it is one of a job that looks for work again and again, and seldom finds any. */
export const isOfJob = (step: StepName): boolean => / does /.test(step);

/** The service whose process is killed at a step. */
export const serviceOf = (step: StepName): string => step.split(' ')[0] ?? '';
