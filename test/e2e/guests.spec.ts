import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, test, visit } from './labPage.ts';

test('a guest is made, started, typed to, read again after a reload, and deleted with a way back', async ({ page, client }) => {
  await page.keyboard.press('Alt+n');
  await page.getByRole('textbox', { name: 'Name' }).fill('Gästebuch №1');
  await page.getByRole('button', { name: 'Create guest' }).click();
  await expect(page.getByRole('heading', { name: 'Gästebuch №1' })).toBeVisible();
  const [made] = (await client.guests.list()).filter(({ definition }) => definition.name === 'Gästebuch №1');
  expect(made?.runtime.state).toBe('stopped');
  const id = made?.definition.id ?? '';

  await page.keyboard.press('Alt+s');
  await expect(page.locator('.xterm-rows')).toContainText('petri#');
  const running = await client.guests.get({ id });
  expect(running.runtime.state).toBe('running');
  if (running.runtime.state === 'running') {
    expect(await readFile(`/proc/${running.runtime.machine.pid}/cmdline`, 'utf8')).toContain('qemu-system-i386');
    await page.getByRole('tab', { name: 'Command' }).click();
    await expect(page.getByRole('group', { name: 'QEMU command' })).toContainText(running.runtime.machine.argv.at(-1) ?? '?');
    await page.getByRole('tab', { name: 'Consoles' }).click();
  }

  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type('ps\n');
  await expect(page.locator('.xterm-rows')).toContainText(/petri# ps[^]*petri# /);
  const before = await page.locator('.xterm-rows').innerText();

  await page.reload();
  await expect(page.locator('.xterm-rows')).toContainText(/petri# ps[^]*petri# /);
  expect((await page.locator('.xterm-rows').innerText()).trimEnd()).toBe(before.trimEnd());

  await page.keyboard.press('Alt+k');
  await expect(page.getByText('Stopped')).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/#\/guests$/);
  expect((await client.guests.list()).map(({ definition }) => definition.id)).not.toContain(id);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: 'Gästebuch №1' })).toBeVisible();
  expect((await client.guests.get({ id })).definition.name).toBe('Gästebuch №1');
});

test('a guest that another shell deleted is restored from the page', async ({ page, client }) => {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Thrown away' });
  await visit(page, '/guests');
  await expect(page.getByRole('link', { name: 'Thrown away' })).toBeVisible();
  await client.guests.remove({ id: definition.id });
  const trash = page.getByRole('group', { name: 'In the trash' });
  await expect(trash).toContainText('Thrown away');
  await expectAccessible(page);
  await trash.getByRole('button', { name: 'Restore Thrown away' }).click();
  await expect(page.getByRole('link', { name: 'Thrown away' })).toBeVisible();
  await expect(trash).toBeHidden();
  expect((await client.guests.get({ id: definition.id })).definition).toEqual(definition);
});

test('a console is searched, shows times, is left with its key, and is exported as it came', async ({ page, client }) => {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Searched' });
  await client.guests.start({ id: definition.id });
  await visit(page, `/guests/${definition.id}`);
  await expect(page.locator('.xterm-rows')).toContainText('petri#');

  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Control+]');
  await expect(page.locator('.xterm-helper-textarea')).not.toBeFocused();

  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('10/10');
  await expect(page.getByRole('status').filter({ hasText: /^1 match$/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Whole log' }).locator('.row.target')).toContainText('[10/10]');
  await expect(page.getByRole('textbox', { name: 'Find in the whole log' })).toBeFocused();

  await page.getByRole('button', { name: 'Times' }).click();
  await expect(page.getByRole('region', { name: 'Whole log' }).locator('.row.target .time')).toHaveText(/^\d\d:\d\d:\d\d\.\d{3}$/);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export the log' }).click();
  await page.getByRole('menuitem', { name: 'Bytes as they came' }).click();
  const exported = await readFile(await (await download).path());
  const { base64 } = await client.consoles.read({ id: `guest/${definition.id}/serial0`, from: 0, bytes: 1_048_576 });
  expect(exported.equals(Buffer.from(base64, 'base64'))).toBe(true);
  await client.guests.kill({ id: definition.id });
});

test('a kernel that is not there is refused with its evidence and its fix, beside the form', async ({ page, client }) => {
  await visit(page, '/guests?new=1');
  await page.getByRole('tab', { name: 'Your own kernel' }).click();
  await page.getByLabel('Kernel', { exact: true }).fill('/nowhere/kernel with "quotes".elf');
  await page.getByRole('button', { name: 'Create guest' }).click();
  const alert = page.getByRole('dialog').getByRole('alert');
  await expect(alert).toContainText('IMAGE_MISSING');
  await expect(alert).toContainText('ENOENT');
  await expect(alert).toContainText('Put it back, or choose another file.');
  expect((await client.guests.list()).map(({ definition }) => definition.catalogEntry)).not.toContain(null);
});
