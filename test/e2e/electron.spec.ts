// The real shell on the real runtime of Electron, wherever there is one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, expect, test, type ElectronApplication } from '@playwright/test';
import { findElectron } from '../../build/start/electronRuntime.ts';
import { missingDisplay } from '../../build/start/chooseShell.ts';

const root = join(import.meta.dirname, '../..');
const runtime = findElectron();
const reason = 'missing' in runtime ? runtime.missing : missingDisplay(process.platform, process.env);

test.skip(reason !== null, `the real Electron is not tested: ${reason ?? ''}`);

let folder: string;
let app: ElectronApplication;

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'petri-'));
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  app = await _electron.launch({
    executablePath: 'program' in runtime ? runtime.program : '',
    args: [...sandbox, `--user-data-dir=${join(folder, 'user')}`, root],
    env: { ...(process.env as Record<string, string>), PETRI_DATA: join(folder, 'data'), PETRI_IDLE_SECONDS: '1' },
  });
});

test.afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the window shows the page, talks to its lab through a port, and has nothing of Node', async () => {
  const page = await app.firstWindow();
  await expect(page.getByText('Lab connected')).toBeVisible();
  expect(page.url()).toMatch(/^petri:\/\/app\//);
  expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window))).toEqual([]);
  expect(await page.evaluate(() => Object.keys(window.petri ?? {}).sort())).toEqual(['onMenuCommand', 'open', 'pathOf', 'shell']);
  await page.getByRole('button', { name: 'Boot something now' }).click();
  await expect(page.getByText('petri#').first()).toBeVisible();
});

test('the page cannot leave its origin or open a window', async () => {
  const page = await app.firstWindow();
  await expect(page.getByText('Lab connected')).toBeVisible();
  await page.evaluate(() => { location.href = 'https://example.org/'; });
  await page.evaluate(() => window.open('petri://app/'));
  expect(page.url()).toMatch(/^petri:\/\/app\//);
  expect(app.windows()).toHaveLength(1);
});
