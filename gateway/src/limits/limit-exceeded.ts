import { CodedError, type ErrorCode } from '@tributary/service-kit';

/** Every limit to what one request may ask for, as metrics and access lines name it. */
export const LIMIT_NAMES = [
  'tokens',
  'depth',
  'introspection_depth',
  'aliases',
  'root_fields',
  'directives',
  'selections',
  'duplicates',
  'variables_size',
  'variables_depth',
  'cost',
  'planning',
  'plan_fetches',
  'plan_depth',
  'entities',
  'subgraph_bytes',
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];

/** A request that is refused as it is over a limit. Its message names limit and number, and nothing of the document. */
export class LimitExceeded extends CodedError {
  readonly limit: LimitName;

  /** @param code default OPERATION_LIMIT_EXCEEDED */
  constructor(
    limit: LimitName,
    message?: string,
    code: ErrorCode = 'OPERATION_LIMIT_EXCEEDED',
    options?: { cause?: unknown },
  ) {
    super(code, message, options);
    this.limit = limit;
  }
}
