import { expect, expectAccessible, test, visit } from './labPage.ts';

test.describe('axe finds nothing', () => {
  for (const route of ['/', '/guests', '/disks', '/containers', '/measurements', '/measurements/trends', '/measurements/programs', '/dashboard', '/calibration', '/campaigns', '/reports', '/settings', '/nowhere']) {
    test(`on ${route}`, async ({ page }) => {
      await visit(page, route);
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
      await expectAccessible(page);
    });
  }

  test('on the capability board with a row open', async ({ page }) => {
    await page.getByRole('button', { name: /^Docker/ }).click();
    await expectAccessible(page);
  });

  test('in the command palette', async ({ page }) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
  });

  test('in the dialog for a new guest, on both tabs and with an error', async ({ page }) => {
    await visit(page, '/guests?new=1');
    await expect(page.getByRole('radio').first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Your own kernel' }).click();
    await page.getByLabel('Kernel', { exact: true }).fill('/nowhere/kernel.elf');
    await page.getByRole('button', { name: 'Create guest' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expectAccessible(page);
  });

  test('in the settings while the overhead of the instruments is measured, and with its result', async ({ page, client }) => {
    await visit(page, '/settings');
    await page.getByRole('button', { name: 'Measure the overhead' }).click();
    await expect.poll(async () => (await client.tasks.list()).map(({ state }) => state)).toContain('running');
    await expectAccessible(page);
    await expect(page.getByRole('table', { name: 'Instruments' })).toContainText('times as long', { timeout: 60_000 });
    expect((await client.instruments.list()).filter(({ available, overhead }) => available && overhead === null)).toEqual([]);
    await expectAccessible(page);
  });

  test('in the diagnostics', async ({ page }) => {
    await visit(page, '/settings');
    await page.getByRole('button', { name: 'Copy diagnostics…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
  });

  test('on a running guest with its console, its search and its times', async ({ page, client }) => {
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Accessible' });
    await client.guests.start({ id: definition.id });
    await visit(page, `/guests/${definition.id}`);
    await expect(page.locator('.xterm-rows')).toContainText('petri#');
    await page.getByRole('button', { name: 'Times' }).click();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('ok');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Whole log' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await page.getByRole('button', { name: 'Screen reader mode' }).click();
    await expect(page.locator('.xterm-accessibility')).toContainText('petri#');
    await expectAccessible(page);
    await client.guests.kill({ id: definition.id });
  });

  test('in the open task tray', async ({ page }) => {
    await page.keyboard.press('Control+j');
    await expectAccessible(page);
  });
});
