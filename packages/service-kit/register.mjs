// Loaded before a program with `--import`. drizzle-orm's ES modules cost 150 MB and more of memory under type
// stripping; its CommonJS build, which has the same exports, does not (docs/performance.md).
import { enableCompileCache, registerHooks } from 'node:module';

enableCompileCache();
registerHooks({
  resolve(specifier, context, nextResolve) {
    const asCommonJs = specifier === 'drizzle-orm' || specifier.startsWith('drizzle-orm/');
    return nextResolve(specifier, asCommonJs ? { ...context, conditions: ['node', 'require'] } : context);
  },
});
