import { grafanaFiles } from '../../charts/dashboards/grafana-files.ts';
import { ruleFiles } from '../../charts/rules/rule-files.ts';
import { chartFiles } from '../../charts/values/chart-files.ts';
import { conformanceDocs } from '../../gateway/src/conformance/conformance-docs.ts';
import { generatedFiles, loadEventCatalogue } from '../../schema/src/index.ts';
import { errorDocs } from './error-docs.ts';
import { eventDocs } from './event-docs.ts';
import { eventSchemas } from './event-schemas.ts';
import type { GeneratedFile } from './generated-file.ts';
import { metricDocs } from './metric-docs.ts';
import { orderStateDocs } from './order-state-docs.ts';

/** Every file of the repository that is made from others, except migrations (drizzle-kit's). */
export async function allGeneratedFiles(root: string): Promise<GeneratedFile[]> {
  const catalogue = await loadEventCatalogue(root);
  const composed = await generatedFiles(root);
  const supergraphSdl = composed.find(({ path }) => path === 'schema/supergraph.graphql')?.content ?? '';
  return [
    ...composed,
    ...chartFiles(root),
    ...grafanaFiles(root, supergraphSdl, catalogue),
    ...ruleFiles(root),
    { path: 'docs/errors.md', content: errorDocs(root) },
    { path: 'docs/events.md', content: eventDocs(catalogue) },
    { path: 'docs/federation-conformance.md', content: conformanceDocs() },
    { path: 'docs/metrics.md', content: metricDocs() },
    { path: 'docs/order-states.md', content: orderStateDocs(root) },
    ...eventSchemas(root, catalogue),
  ];
}
