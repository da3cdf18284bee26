import { generatedFiles } from '../../schema/src/index.ts';
import { errorDocs } from './error-docs.ts';

/** Every file of the repository that is made from others, except migrations (drizzle-kit's), relative to `root`. */
export async function allGeneratedFiles(root: string): Promise<{ path: string; content: string }[]> {
  return [...(await generatedFiles(root)), { path: 'docs/errors.md', content: errorDocs(root) }];
}
