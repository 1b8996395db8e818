import { expect, test } from './labPage.ts';

test('from the empty window to a booted guest with its timeline, by keyboard alone', async ({ page, client }) => {
  await page.keyboard.press('Tab');
  const button = page.getByRole('button', { name: 'Boot something now' });
  for (let presses = 0; presses < 12 && !(await button.evaluate((element) => element === document.activeElement)); presses += 1) await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/measurements\/[a-z0-9-]+$/);
  const id = page.url().split('/').at(-1) ?? '';
  await expect.poll(async () => (await client.measurements.get({ id })).samples.filter(({ outcome }) => outcome === 'complete').length, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect(page.getByText('multiboot', { exact: false }).first()).toBeVisible();
});
