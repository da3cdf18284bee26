import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{gateway,local,schema,scripts}/**/*.test.ts', '{packages,subgraphs}/*/src/**/*.test.ts'],
    globalSetup: './scripts/testing/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
