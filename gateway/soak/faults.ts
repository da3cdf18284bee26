import { json, type RawAnswer } from '../src/testing/fake-subgraph.ts';

const MIB = 1024 ** 2;
const JSON_TYPE = { 'content-type': 'application/json' };

/** How a subgraph goes wrong, by name; undefined: it does not. */
export const faults: Readonly<Record<string, RawAnswer | undefined>> = {
  well: undefined,
  silent: () => {},
  'well again': undefined,
  'drip by drip': (_request, response) => {
    response.writeHead(200, JSON_TYPE).write('{"data":');
    const drip = setInterval(() => response.write(' '), 50);
    response.once('close', () => clearInterval(drip));
  },
  'without end': (_request, response) => {
    response.writeHead(200, JSON_TYPE).write('{"data":"');
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(MIB, 'x')));
    };
    response.on('drain', more);
    more();
  },
  garbage: (_request, response) => response.writeHead(200, JSON_TYPE).end('{"data":{"_entities":[{'),
  'cut off': (_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' }).write('{"data":');
    response.destroy();
  },
  unavailable: json({ errors: [{ message: 'restarting' }] }, 503),
};
