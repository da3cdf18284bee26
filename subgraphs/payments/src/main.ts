import { runSubgraph } from '@tributary/service-kit';
import { subgraph } from './subgraph.ts';

await runSubgraph(subgraph);
