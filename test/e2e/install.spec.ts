import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { draftForEntry } from '../../electron/core/installations/draftForEntry.ts';
import { expect, expectAccessible, test, visit } from './labPage.ts';

const step = (page: Page) => page.getByRole('navigation', { name: 'Steps' }).locator('[aria-current="step"]');
const next = (page: Page): Promise<void> => page.getByRole('button', { name: 'Next' }).click();

test('the wizard makes a guest by keyboard alone; going back and a reload lose nothing', async ({ page, client }) => {
  await page.keyboard.press('Alt+i');
  await expect(page.getByRole('heading', { name: 'Install', level: 1 })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('searchbox', { name: 'Filter the systems' }).fill('petri i386');
  await page.getByRole('radio', { name: /^Petri for i386 / }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(step(page)).toContainText('Source');
  await expect(page.getByText('It comes with Petri')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Alt+ArrowRight');
  await expect(step(page)).toContainText('Machine');
  await page.getByRole('textbox', { name: 'Name' }).fill('Wizard’s guest');
  await page.getByRole('spinbutton', { name: 'Memory' }).fill('8');
  await expect(page.getByText('At least 16 MiB.', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();
  await expectAccessible(page);
  await page.getByRole('spinbutton', { name: 'Memory' }).fill('32');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(step(page)).toContainText('Network');
  await expectAccessible(page);
  await page.keyboard.press('Alt+ArrowRight');
  await expect(step(page)).toContainText('Where it runs');
  await expectAccessible(page);
  await page.keyboard.press('Alt+ArrowLeft');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Wizard’s guest');
  await page.reload();
  await expect(step(page)).toContainText('Machine');
  await expect(page.getByRole('spinbutton', { name: 'Memory' })).toHaveValue('32');
  await page.getByRole('button', { name: /Review$/ }).click();
  await expect(page.getByRole('group', { name: 'Start the guest', exact: true })).toContainText('-m 32');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Make the guest' }).click();
  await expect(page.getByText('The guest is there:')).toBeVisible();
  const made = (await client.guests.list()).find(({ definition }) => definition.name === 'Wizard’s guest');
  expect(made?.definition).toMatchObject({ catalogEntry: 'builtin-i386', machine: { memoryMiB: 32 }, disks: [] });
  await visit(page, '/install');
  await expect(step(page)).toContainText('System');
});

test('a system installs itself on an empty disk while its console is watched, and boots from it', async ({ page, client }) => {
  await visit(page, '/catalog?system=builtin-installer');
  await page.getByRole('button', { name: 'Install…' }).click();
  await expect(step(page)).toContainText('Source');
  await expect(page.getByRole('radio', { name: /^By itself/ })).toBeChecked();
  for (let left = 4; left > 0; left -= 1) await next(page);
  await expect(step(page)).toContainText('Review');
  await expect(page.getByRole('group', { name: 'Make an empty disk' })).toContainText('qemu-img create');
  const install = page.getByRole('button', { name: 'Install', exact: true });
  await install.click();
  await expect(page).toHaveURL(/#\/install\/.+/);
  await expect(page.locator('.xterm-rows')).toContainText('petri: installed', { timeout: 60_000 });
  await expect(page.getByText('The guest is there:')).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  const [done] = (await client.installations.list()).filter(({ draft }) => draft.entry === 'builtin-installer');
  expect(done).toMatchObject({ state: 'done', failure: null });
  const disk = await client.disks.get({ id: done?.disk ?? '' });
  const information = JSON.parse(execFileSync('qemu-img', ['info', '--force-share', '--output=json', disk.path], { encoding: 'utf8' })) as { format: string; 'virtual-size': number };
  expect(information).toMatchObject({ format: 'qcow2', 'virtual-size': 16_777_216 });
  const guest = await client.guests.get({ id: done?.guest ?? '' });
  expect(guest.definition).toMatchObject({ medium: null, bootFrom: 'disk', boot: { kernel: null } });
  if (guest.runtime.state !== 'stopped') await client.guests.kill({ id: guest.definition.id });
  await page.getByRole('button', { name: 'Forget' }).click();
  await expect(page).toHaveURL(/#\/install$/);
  expect((await client.installations.list()).map(({ id }) => id)).not.toContain(done?.id);
});

test('a system that speaks on a text screen alone is read beside its silent serial console', async ({ page, lab, client }) => {
  // A CD image on which nothing boots: the firmware says so on the screen.
  const iso = join(lab.dataDirectory, '..', 'blank.iso');
  const image = Buffer.alloc(2_097_152);
  image.write('\x01CD001\x01', 32_768, 'latin1');
  await writeFile(iso, image);
  const entry = (await client.catalog.list()).find(({ id }) => id === 'own-iso');
  const draft = entry === undefined ? null : draftForEntry(entry, { name: 'Blank', accelerator: 'tcg' });
  if (draft === null) throw new Error('there is no entry own-iso');
  const { id } = await client.installations.begin({ ...draft, source: { kind: 'medium', path: iso }, install: 'byHand', guest: { ...draft.guest, display: 'std' } });
  await visit(page, `/install/${id}`);
  await expect(page.getByRole('region', { name: 'Text screen' })).toContainText('No bootable device');
  await expect(page.getByText('The guest has printed nothing yet.')).toBeVisible();
  expect((await client.installations.screen({ id })).lines?.join('\n')).toContain('No bootable device');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel and clean up' }).click();
  await expect(page.getByRole('region', { name: 'Text screen' })).toBeHidden();
  await expect.poll(async () => (await client.installations.get({ id })).state).toBe('cancelled');
});

test('a file that is no image is refused where it was named, with its evidence', async ({ page, lab }) => {
  const text = join(lab.dataDirectory, '..', 'notes.iso');
  await writeFile(text, 'no image\n'.repeat(10_000));
  await visit(page, '/install?system=own-iso');
  await page.getByRole('textbox', { name: 'File' }).fill(text);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.locator('.file').getByRole('status').or(page.locator('.file').getByRole('alert'))).toBeVisible();
  await page.getByRole('button', { name: /Review$/ }).click();
  await expect(page.getByRole('group', { name: 'What stands in its way' })).toContainText('IMAGE_UNKNOWN');
  await expect(page.getByRole('button', { name: 'Install', exact: true })).toBeDisabled();
  await expectAccessible(page);
});

test('the catalog shows what is known of a system, and names what is wrong with an entry of one’s own', async ({ page, lab, client }) => {
  await visit(page, '/catalog');
  await page.getByRole('searchbox', { name: 'Filter the systems' }).fill('hurd');
  await page.getByRole('button', { name: /^Debian GNU\/Hurd/ }).click();
  const machines = page.getByRole('table', { name: /^Machines for Debian/ });
  await expect(machines.getByRole('row', { name: /q35 with AHCI/ })).toContainText('Reported');
  await expect(machines.getByRole('row', { name: /two CPUs/ })).toContainText('Claimed');
  await expectAccessible(page);
  const broken = join(lab.dataDirectory, '..', 'broken.yaml');
  await writeFile(broken, 'name: 7\n');
  await page.getByRole('button', { name: 'Add a system…' }).click();
  await page.getByRole('textbox', { name: 'Entry file' }).fill(broken);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('RESOURCE_INVALID');
  await expectAccessible(page);
  expect((await client.catalog.get()).refused).toEqual([]);
});
