import { expect, test, visit } from './labPage.ts';

test('the token is taken out of the address, and a reload still finds the lab', async ({ page }) => {
  expect(page.url()).not.toContain('token');
  await page.reload();
  await expect(page.getByText('Lab connected')).toBeVisible();
});

test('every screen is reached by its shortcut and by the palette', async ({ page }) => {
  for (const [key, title] of [['2', 'Guests'], ['5', 'Disks'], ['6', 'Containers'], ['7', 'Dashboard'], ['8', 'Measurements'], ['9', 'Reports'], ['0', 'Settings']] as const) {
    await page.keyboard.press(`Control+${key}`);
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('go guests');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Guests' })).toBeVisible();
});

test('a setting is kept by the lab, says its default, and goes back to it', async ({ page, client }) => {
  await visit(page, '/settings');
  await page.getByLabel('Theme').selectOption('dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect((await client.settings.get()).theme).toBe('dark');
  await page.getByRole('spinbutton', { name: 'Console kept' }).fill('64');
  await page.getByRole('spinbutton', { name: 'Console kept' }).blur();
  await expect.poll(async () => (await client.settings.get()).consoleRetentionBytes).toBe(64_000_000);
  await page.getByRole('button', { name: 'Reset Console kept to 256 MB' }).click();
  await expect(page.getByRole('spinbutton', { name: 'Console kept' })).toHaveValue('256');
  await page.getByRole('button', { name: 'Reset all' }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme', /.*/);
  expect((await client.settings.get()).theme).toBe('system');
});

test('the sizes of the memory model are kept where they can be, and said to be wrong where not', async ({ page, client }) => {
  await visit(page, '/settings');
  const usual = (await client.settings.get()).memoryModel;
  const ways = page.getByLabel('Ways of L1 data');
  await ways.fill('4');
  await ways.press('Tab');
  await expect.poll(async () => (await client.settings.get()).memoryModel).toEqual({ ...usual, l1Data: { ...usual.l1Data, ways: 4 } });
  await page.getByLabel('Sets of L1 data').fill('63');
  await page.getByLabel('Sets of L1 data').press('Tab');
  await expect(page.getByRole('alert').filter({ hasText: 'L1 data, sets' })).toBeVisible();
  expect((await client.settings.get()).memoryModel.l1Data).toEqual({ ...usual.l1Data, ways: 4 });
  await page.getByRole('button', { name: 'Back to default' }).click();
  await expect.poll(async () => (await client.settings.get()).memoryModel).toEqual(usual);
});

test('a change that another shell makes appears without asking', async ({ page, client }) => {
  await visit(page, '/guests');
  await client.guests.createFromCatalog({ entry: 'builtin-arm', name: 'From a terminal' });
  await expect(page.getByRole('link', { name: 'From a terminal' })).toBeVisible();
});

test('the diagnostics are shown before they are copied', async ({ page }) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('diagnostics');
  await page.keyboard.press('Enter');
  const text = page.getByRole('group', { name: 'Diagnostics' });
  await expect(text).toContainText('QEMU');
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await text.innerText());
});
