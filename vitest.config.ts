import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As Node itself resolves it. Vite prefers graphql's ES modules, and two copies refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: [
      '{bench,chaos,charts,gateway,local,schema,scripts}/**/*.test.ts',
      '{packages,subgraphs}/*/src/**/*.test.ts',
    ],
    globalSetup: './scripts/testing/global-setup.ts',
    pool: 'forks',
    // Test files share their worker's modules, which saves a third of the time: a test leaves nothing behind in them.
    isolate: false,
    // V8 13.6 frees a wrapper of WebAssembly's imports twice, now and then, where many instances come and go, as PGlite's
    // do here: "Check failed: jit_page_->allocations_.erase(addr) == 1" (nodejs/node#66366, mended in V8's 9b8ca54d5a).
    // Without collection of such code nothing is freed. No service has more than one instance.
    execArgv: ['--no-wasm-code-gc'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
