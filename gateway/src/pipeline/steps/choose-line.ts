import { trace } from '@opentelemetry/api';
import { addVary } from '../../http/vary.ts';
import { findLine } from '../../lines/find-line.ts';
import type { IsThere } from '../../lines/line-headers.ts';
import { refuseRetired, VERSION_HEADER } from '../../lines/line-of-request.ts';
import type { ServedLines } from '../../lines/served-lines.ts';
import type { Step } from '../exchange.ts';
import { lineView } from '../line-view.ts';

/**
 * Which version line answers: by the path (`/v2/graphql`), by `x-api-version`, or the oldest that is generally available.
 * From here on the request sees that line's schema alone. 404 for one that is not there, 410 for one that was.
 *
 * @param isThere see `setLineHeaders`
 */
export const chooseLine =
  (lines: ServedLines, isThere?: IsThere): Step =>
  (exchange) => {
    const { request, reply, generation } = exchange;
    const { major } = request.params as { major?: string };
    if (major === undefined) addVary(reply, VERSION_HEADER);
    const { line, table } = findLine(lines, request, reply, isThere);
    exchange.line = line;
    trace.getSpan(request.traceContext)?.setAttribute('graphql.api.version', line.major);
    refuseRetired(line);
    const view = lineView(generation, line, table);
    if (view instanceof Promise) {
      return view.then((cut) => {
        exchange.view = cut;
      });
    }
    exchange.view = view;
    return undefined;
  };
