import { Agent, request } from 'node:http';

export interface SteadyLoad {
  /** Resolves when every connection was refused or has failed. */
  readonly ended: Promise<void>;
  answered(): number;
  /** What went wrong other than that a new connection was refused. */
  readonly failures: string[];
}

const QUERY = JSON.stringify({
  query: '{ products(first: 5) { nodes { id name shippingEstimate(country: "DE") { amountMinor } } } }',
});

/** Clients that keep their connection alive and send one request after the other, until none is let in any more. */
export function steadyLoad(url: string, clients: number): SteadyLoad {
  const failures: string[] = [];
  let answered = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const client = async () => {
    for (;;) {
      const outcome = await post(agent, `${url}/graphql`);
      if (outcome === 'refused') return;
      if (outcome !== 'answered') {
        failures.push(outcome);
        return;
      }
      answered++;
    }
  };
  const ended = Promise.all(Array.from({ length: clients }, client)).then(() => agent.destroy());
  return { ended, answered: () => answered, failures };
}

function post(agent: Agent, url: string): Promise<'answered' | 'refused' | (string & {})> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent, method: 'POST', headers: { 'content-type': 'application/json' } });
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' || causes(error).includes('ECONNREFUSED') ? 'refused' : String(error)),
    );
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', (error) => resolve(String(error)));
      response.on('end', () =>
        resolve(
          response.statusCode === 200 && !text.includes('"errors"') ? 'answered' : `${response.statusCode} ${text}`,
        ),
      );
    });
    outgoing.end(QUERY);
  });
}

/** `localhost` has two addresses, and an error for each. */
const causes = (error: unknown) =>
  error instanceof AggregateError ? error.errors.map((each: NodeJS.ErrnoException) => each.code) : [];
