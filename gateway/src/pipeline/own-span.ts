import { type Span, trace } from '@opentelemetry/api';
import type { Exchange } from './exchange.ts';

/** The span of an operation's request; undefined for one of a batch, whose operations would overwrite what others say there. */
export const ownSpan = ({ request, part, isMessage }: Exchange): Span | undefined =>
  part === undefined || isMessage ? trace.getSpan(request.traceContext) : undefined;
