import { conformanceDocs } from '../../gateway/src/conformance/conformance-docs.ts';
import { generatedFiles } from '../../schema/src/index.ts';
import { loadEventCatalogue } from '../event-contracts/event-catalogue.ts';
import { errorDocs } from './error-docs.ts';
import { eventDocs } from './event-docs.ts';
import { eventSchemas } from './event-schemas.ts';
import type { GeneratedFile } from './generated-file.ts';
import { orderStateDocs } from './order-state-docs.ts';

/** Every file of the repository that is made from others, except migrations (drizzle-kit's). */
export async function allGeneratedFiles(root: string): Promise<GeneratedFile[]> {
  const catalogue = await loadEventCatalogue(root);
  return [
    ...(await generatedFiles(root)),
    { path: 'docs/errors.md', content: errorDocs(root) },
    { path: 'docs/events.md', content: eventDocs(catalogue) },
    { path: 'docs/federation-conformance.md', content: conformanceDocs() },
    { path: 'docs/order-states.md', content: orderStateDocs(root) },
    ...eventSchemas(root, catalogue),
  ];
}
