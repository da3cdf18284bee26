export interface CollectorForwarder {
  /** Sends the body of an export request on, if somebody was there at the last look. Never waits, never throws. */
  forward(body: Uint8Array): void;
  /** Base URL of Jaeger's pages, where they answered at the last look. */
  readonly jaegerUrl: string | undefined;
  stop(): void;
}

export interface ForwarderOptions {
  /** Where a Jaeger or an OpenTelemetry Collector takes OTLP over HTTP. Default its usual port of this machine. */
  collectorUrl?: string;
  /** Where Jaeger's pages are. Default their usual port of this machine. */
  jaegerUrl?: string;
  /** Default 15 s. */
  lookEveryMs?: number;
}

const TIMEOUT_MS = 2000;
/** More at a time means that it does not keep up: what comes then is not sent on. */
const MAX_UNDER_WAY = 8;
const NO_SPANS = '{"resourceSpans":[]}';

/** Hands spans on to a Jaeger or a Collector that listens on this machine; looks at once and now and then for one. */
export function collectorForwarder({
  collectorUrl = 'http://127.0.0.1:4318',
  jaegerUrl = 'http://127.0.0.1:16686',
  lookEveryMs = 15_000,
}: ForwarderOptions = {}): CollectorForwarder {
  const tracesUrl = `${collectorUrl}/v1/traces`;
  const stopped = new AbortController();
  let isThere = false;
  let hasPages = false;
  let underWay = 0;

  async function answers(url: string, init: RequestInit = {}): Promise<boolean> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
  const send = (body: NonNullable<RequestInit['body']>) =>
    answers(tracesUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  async function look(): Promise<void> {
    [isThere, hasPages] = await Promise.all([send(NO_SPANS), answers(`${jaegerUrl}/`)]);
  }
  void look();
  const timer = setInterval(look, lookEveryMs);

  return {
    forward(body) {
      if (!isThere || underWay >= MAX_UNDER_WAY) return;
      underWay++;
      void send(Buffer.from(body)).then((taken) => {
        underWay--;
        isThere &&= taken;
      });
    },
    get jaegerUrl() {
      return isThere && hasPages ? jaegerUrl : undefined;
    },
    stop() {
      clearInterval(timer);
      stopped.abort();
    },
  };
}
