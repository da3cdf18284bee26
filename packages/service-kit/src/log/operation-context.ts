import { type Context, context, createContextKey } from '@opentelemetry/api';

/** What the access line of a request says beside what every one has; filled while the request goes its way. */
export type AccessFields = Record<string, string | number | boolean | undefined>;

/** For whom this process works at the moment: what all log lines say that it writes meanwhile. */
export interface OperationContext {
  readonly requestId: string;
  /** Those of its access line. Each line has what is known of `OPERATION_FIELDS` when it is written. */
  readonly fields: AccessFields;
  /** The fields as subgraphs are told them, once they were; see `operationBaggage`. */
  baggage?: string;
}

/** Whose operation it is: which, of which client, of which version line of the API, and of which user (hashed). */
export const OPERATION_FIELDS = ['operation', 'operation_type', 'client', 'client_version', 'line', 'user'] as const;

const OPERATION = createContextKey('the operation that this process works for');

/** The context in which log lines say whose operation it is. */
export const withOperation = (parent: Context, operation: OperationContext): Context =>
  parent.setValue(OPERATION, operation);

/** Does work of which every log line says whose operation it is. */
export const inOperation = <T>(operation: OperationContext, work: () => T): T =>
  context.with(withOperation(context.active(), operation), work);

/** Undefined where nobody has asked for what is done. */
export const currentOperation = (active: Context = context.active()): OperationContext | undefined =>
  active.getValue(OPERATION) as OperationContext | undefined;
