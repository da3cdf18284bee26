import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type FailureType, inChildSpan } from './tracing.ts';

export interface HttpCall {
  method: string;
  url: URL;
  /** The URL's path with what changes left open, such as `/v1/charges/{key}`. Paths hold ids; this alone is told. */
  template: string;
}

/**
 * Makes an HTTP call in a CLIENT span, by OpenTelemetry's conventions but for `url.full`, which holds ids. Whoever makes
 * it calls `answered` with the status; from 400 on the span has failed.
 */
export function inHttpClientSpan<T>(
  { method, url, template }: HttpCall,
  call: (answered: (status: number) => void) => Promise<T>,
): Promise<T> {
  const attributes = { 'http.request.method': method, 'url.template': template, ...serverOf(url) };
  let answered = 0;
  return inClientSpan(
    `${method} ${template}`,
    attributes,
    () =>
      call((status) => {
        answered = status;
        recordHttpStatus(status);
      }),
    // The status says more than what is thrown for it.
    () => (answered >= 400 ? String(answered) : undefined),
  );
}

/** Asks somebody outside of this service in a CLIENT span. */
export const inClientSpan = <T>(
  name: string,
  attributes: Attributes,
  call: () => Promise<T>,
  typeOf?: FailureType,
): Promise<T> => inChildSpan(name, { kind: SpanKind.CLIENT, attributes }, call, typeOf);

/** Attributes that name the server behind a URL. */
export const serverOf = ({ protocol, hostname, port }: URL) => ({
  'server.address': hostname,
  'server.port': port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
});

/** Says on the active span, which is the call's, what was answered. */
export function recordHttpStatus(status: number): void {
  const span = trace.getActiveSpan();
  span?.setAttribute('http.response.status_code', status);
  if (status >= 400) span?.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
}
