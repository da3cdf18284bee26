import { trace } from '@opentelemetry/api';
import { CodedError } from '@tributary/service-kit';
import type { SchemaView } from '../../engine/schema-view.ts';
import { addVary } from '../../http/vary.ts';
import { setLineHeaders } from '../../lines/line-headers.ts';
import { lineOfRequest, refuseRetired, VERSION_HEADER } from '../../lines/line-of-request.ts';
import type { ServedLines } from '../../lines/served-lines.ts';
import { PlanningError } from '../../planner/planning-error.ts';
import type { Exchange, Step } from '../exchange.ts';

/**
 * Which version line answers: by the path (`/v2/graphql`), by `x-api-version`, or the oldest that is generally available.
 * From here on the request sees that line's schema alone. 404 for one that is not there, 410 for one that was.
 */
export const chooseLine =
  (lines: ServedLines, documentation: string): Step =>
  (exchange) => {
    const { request, reply, generation } = exchange;
    const { major, '*': resource = 'graphql' } = request.params as { major?: string; '*'?: string };
    if (major === undefined) addVary(reply, VERSION_HEADER);
    const table = lines.current;
    const line = lineOfRequest(table, major, request.headers[VERSION_HEADER]);
    exchange.line = line;
    request.accessFields.line = String(line.major);
    trace.getSpan(request.traceContext)?.setAttribute('graphql.api.version', line.major);
    setLineHeaders(reply, line, { lines: table, documentation }, `/${resource}`);
    refuseRetired(line);
    const view = generation.view(line.major);
    if (view === undefined) {
      // A supergraph that has come back was not there when the line was added.
      return cutNow(exchange, line.major, table.served.length);
    }
    exchange.view = view;
    return undefined;
  };

async function cutNow(exchange: Exchange, major: number, of: number): Promise<void> {
  const { generation } = exchange;
  try {
    await generation.cut([major], of);
  } catch (cause) {
    if (!(cause instanceof PlanningError)) throw cause;
    throw new CodedError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
  exchange.view = generation.view(major) as SchemaView;
}
