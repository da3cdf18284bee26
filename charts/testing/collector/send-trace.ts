import { randomBytes } from 'node:crypto';

export interface SentTrace {
  traceId: string;
  ms: number;
  failed: boolean;
}

export const newTraceId = (): string => randomBytes(16).toString('hex');

/** Hands a span to a collector that takes OTLP over HTTP at a port of this machine. Gives the status. */
export async function sendTrace(port: number, trace: SentTrace): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(traceOf(trace)),
  });
  await response.arrayBuffer();
  return response.status;
}

/** A trace of one span, in OTLP's JSON. */
function traceOf({ traceId, ms, failed }: SentTrace) {
  const start = BigInt(Date.now()) * 1_000_000n;
  const span = {
    ...{ traceId, spanId: randomBytes(8).toString('hex'), name: 'POST /graphql', kind: 2 },
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(ms) * 1_000_000n),
    status: failed ? { code: 2 } : {},
    attributes: [{ key: 'http.request.method', value: { stringValue: 'POST' } }],
  };
  const attributes = [
    { key: 'service.name', value: { stringValue: 'users' } },
    { key: 'k8s.pod.name', value: { stringValue: `users-${traceId.slice(0, 4)}` } },
  ];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] };
}
