import { trace } from '@opentelemetry/api';
import { Clients } from '../../identity/clients.ts';
import type { Step } from '../exchange.ts';

/** Which application asks, as it calls itself; said in the access line and the span of what is refused too. */
export function nameClient(): Step {
  const clients = new Clients();
  return (exchange) => {
    const { request } = exchange;
    exchange.client = clients.of(request.headers);
    const { name, version } = exchange.client;
    request.accessFields.client = name;
    if (version !== '') request.accessFields.client_version = version;
    const span = trace.getSpan(request.traceContext);
    if (!span?.isRecording()) return;
    span.setAttribute('graphql.client.name', name);
    if (version !== '') span.setAttribute('graphql.client.version', version);
  };
}
