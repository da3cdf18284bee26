export { composeSupergraph } from './compose.ts';
export type { Finding } from './finding.ts';
export { formatFinding } from './formats/text.ts';
export { type GeneratedFile, generatedFiles } from './generated-files.ts';
export { deriveEdges, type Edges } from './mesh/derive-edges.ts';
export { consumersOf, type EventsOfSubgraph, eventsOf, loadEventCatalogue } from './mesh/event-catalogue.ts';
export { subgraphsOfSupergraph } from './mesh/subgraphs-of-supergraph.ts';
export { discoverSubgraphs, SourceError, type SubgraphSource } from './subgraphs.ts';
export { readTrustedDocuments, type TrustedDocument } from './trusted-documents.ts';
