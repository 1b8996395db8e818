import { defineConfig } from '@playwright/test';
import { findBrowser } from './build/browser.ts';

const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const executablePath = findBrowser();

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  // A boot takes seconds without an accelerator.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Real guests boot in these tests and some are timed, so they run one after another.
  workers: 1,
  outputDir: 'test-results',
  reporter: [['list'], ['./build/test/playwrightReporter.ts']],
  use: {
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === null ? {} : { executablePath }),
      // Chromium's sandbox refuses to run as root.
      args: process.getuid?.() === 0 ? ['--no-sandbox', ...quiet] : quiet,
    },
  },
});
