import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** Tests that compare times with each other, and tests with the private Docker Engine and its ports: one file at a time. */
const alone = ['test/integration/docker/**/*.test.ts', 'test/integration/measurements/bootRuns.test.ts', 'test/integration/measurements/measurements.test.ts', 'test/integration/instruments/**/*.test.ts', 'test/integration/consoles/flood.test.ts'];

interface Tests {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly limitMs: number;
  /** Files at the same time, where that is not one for each core. Real guests take a core each. */
  readonly files?: number;
}

let order = 0;
// One project a kind of test, so that each can be run alone: vitest run --project unit. Kinds never run beside each other.
const project = (name: string, { include = [`test/${name}/**/*.test.ts`], exclude = [], limitMs, files }: Tests) => ({
  extends: true as const,
  test: {
    name, include: [...include], exclude: [...exclude], testTimeout: limitMs, hookTimeout: limitMs,
    sequence: { groupOrder: (order += 1) }, ...(files === undefined ? {} : { maxWorkers: files }),
  },
});

export default defineConfig({
  plugins: [vue()],
  test: {
    environment: 'node',
    // What is awaited comes when it comes: a busy machine is not a failure. The limit is for what never comes.
    expect: { poll: { timeout: 20_000, interval: 50 } },
    projects: [
      project('unit', { limitMs: 20_000 }),
      project('contract', { limitMs: 30_000 }),
      project('integration', { exclude: alone, limitMs: 120_000, files: 2 }),
      project('alone', { include: alone, limitMs: 120_000, files: 1 }),
      project('security', { limitMs: 60_000 }),
      project('fault', { limitMs: 300_000, files: 2 }),
    ],
  },
});
