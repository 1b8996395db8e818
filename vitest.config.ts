import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

// One project a kind of test, so that each can be run alone: vitest run --project unit
const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  plugins: [vue()],
  test: {
    environment: 'node',
    projects: [
      project('unit', 20_000),
      project('contract', 30_000),
      project('integration', 120_000),
      project('security', 60_000),
      project('fault', 300_000),
    ],
  },
});
