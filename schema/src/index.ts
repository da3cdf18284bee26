export { composeSupergraph } from './compose.ts';
export { type Finding, formatFinding } from './finding.ts';
export { type GeneratedFile, generatedFiles } from './generated-files.ts';
export { discoverSubgraphs, SourceError, type SubgraphSource } from './subgraphs.ts';
export { readTrustedDocuments, type TrustedDocument } from './trusted-documents.ts';
