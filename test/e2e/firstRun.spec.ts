import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, expectAccessible, test, visit } from './labPage.ts';

/** Reaches a control as a person without a pointer does. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await expect(control).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(control).toBeFocused();
}

test('from the empty window to a booted guest with its timeline and an exported PDF, by keyboard alone', async ({ page, client }) => {
  await tabTo(page, page.getByRole('button', { name: 'Boot something now' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/measurements\/[a-z0-9-]+$/);
  const id = page.url().split('/').at(-1) ?? '';
  await expect(page.getByRole('img', { name: /timeline/i }).first()).toBeVisible();
  await expect.poll(async () => (await client.measurements.get({ id })).run.state, { timeout: 60_000 }).toBe('done');
  const { samples } = await client.measurements.get({ id });
  expect(samples.filter(({ outcome, warmUp }) => outcome === 'complete' && !warmUp)).toHaveLength(10);

  await tabTo(page, page.getByRole('button', { name: 'Report' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`#/reports/${id}$`));
  const exportButton = page.getByRole('button', { name: /PDF/ });
  await tabTo(page, exportButton);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const bytes = await readFile(await (await download).path());
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
});

test('axe finds nothing on a run, on its report and on a comparison', async ({ page, client }) => {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Compared' });
  const ids: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest: definition.id }], runs: 3, warmUps: 0 });
    await expect.poll(async () => (await client.measurements.get({ id })).run.state, { timeout: 60_000 }).toBe('done');
    ids.push(id);
  }
  for (const route of [`/measurements/${ids[0] ?? ''}`, `/reports/${ids[0] ?? ''}`, `/measurements/compare/${ids.join('/')}`, '/measurements', '/measurements?new', '/reports', '/']) {
    await visit(page, route);
    await expect(page.locator('h1')).toBeAttached();
    await page.waitForLoadState('networkidle');
    await expectAccessible(page);
  }
});
