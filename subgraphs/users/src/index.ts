export { demoUsers } from './demo-users.ts';
export { subgraph } from './subgraph.ts';
