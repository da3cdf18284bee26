export { standIn } from './sandbox/stand-in.ts';
export { subgraph } from './subgraph.ts';
