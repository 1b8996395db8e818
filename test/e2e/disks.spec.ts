import { stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabClient } from '../../electron/contract/contract.ts';
import { expect, expectAccessible, test, visit } from './labPage.ts';

const MIB = 1_048_576;

async function diskNamed(client: LabClient, name: string): Promise<Awaited<ReturnType<LabClient['disks']['get']>>> {
  const found = (await client.disks.list()).find((disk) => disk.name === name);
  if (found === undefined) throw new Error(`There is no disk ${name}.`);
  return found;
}

test('a disk is made, grown, cloned, checked, imported, thrown away and brought back, and the lab says the same', async ({ page, client, lab }) => {
  await visit(page, '/disks');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New disk' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Name' }).fill('Root');
  await page.getByLabel('Size', { exact: true }).fill('4 MiB');
  await page.getByRole('button', { name: 'Create disk' }).click();
  const panel = page.getByRole('complementary', { name: 'Disk Root' });
  await expect(panel).toContainText('4.0 MiB');
  const root = await diskNamed(client, 'Root');
  expect(root.virtualBytes).toBe(4 * MIB);

  await panel.getByRole('button', { name: 'Resize' }).click();
  await page.getByLabel('Size', { exact: true }).fill('2 MiB');
  await expect(page.getByRole('alert')).toContainText('cut off for good');
  await expect(page.getByRole('button', { name: 'Cut it off' })).toBeDisabled();
  await expectAccessible(page);
  await page.getByLabel('Size', { exact: true }).fill('8 MiB');
  await page.getByRole('dialog').getByRole('button', { name: 'Resize' }).click();
  await expect(panel).toContainText('8.0 MiB');
  expect((await client.disks.get({ id: root.id })).virtualBytes).toBe(8 * MIB);

  await panel.getByRole('button', { name: 'Check' }).click();
  await expect(panel.getByText('No errors')).toBeVisible();
  await panel.getByRole('button', { name: 'Clone' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Clone' }).click();
  await expect(page.getByRole('table', { name: 'Disks' }).getByRole('link', { name: 'Root clone' })).toBeVisible();
  expect((await diskNamed(client, 'Root clone')).cloneOf).toBe(root.id);
  // What rests on it keeps it as it is, and that is said before it is tried.
  await expect(panel.getByText('A linked clone rests on it.').first()).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Resize' })).toBeDisabled();
  await panel.getByRole('button', { name: 'Compute the digest (SHA-256)' }).click();
  await expect(panel.getByRole('button', { name: 'Copy the digest of its content' })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('table', { name: 'Disks' }).getByRole('link', { name: 'Root clone' }).click();
  await page.getByRole('complementary', { name: 'Disk Root clone' }).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect.poll(async () => (await client.disks.list()).map(({ name }) => name)).toEqual(['Root']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('table', { name: 'Disks' }).getByRole('link', { name: 'Root clone' })).toBeVisible();

  const file = join(dirname(lab.dataDirectory), 'old machine.img');
  // A master boot record: its signature is what tells a raw disk from any other file.
  const image = Buffer.alloc(MIB);
  image.writeUInt16BE(0x55aa, 510);
  await writeFile(file, image);
  await page.getByRole('button', { name: 'Import…' }).click();
  await page.getByRole('textbox', { name: 'File' }).fill(file);
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('old machine');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Disks' }).getByRole('link', { name: 'old machine' })).toBeVisible();
  const imported = await diskNamed(client, 'old machine');
  expect([imported.origin.how, imported.virtualBytes]).toEqual(['imported', MIB]);
  expect((await stat(imported.path)).isFile()).toBe(true);
});

test('snapshots of a running guest are taken, walked by keyboard, reverted to in two clicks, and the revert is undone', async ({ page, client }) => {
  const disk = await client.disks.create({ name: 'Snapshotted', bytes: 4 * MIB });
  const { definition: { id } } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Time traveller' });
  await client.guests.update({ id, change: { disks: [{ disk: disk.id, bus: 'ide', readOnly: false }] } });
  await client.guests.start({ id });
  await visit(page, `/guests/${id}?tab=snapshots`);
  const tree = page.getByRole('tree', { name: 'Snapshots' });

  for (const name of ['Morning', 'Noon']) {
    await page.getByRole('button', { name: 'Take a snapshot' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Take', exact: true }).click();
    await expect(tree.getByRole('treeitem', { name: new RegExp(`^${name}`) })).toHaveAttribute('aria-selected', 'true');
  }
  const taken = await client.snapshots.tree({ guest: id });
  expect(taken.snapshots.map(({ name, kind }) => [name, kind])).toEqual([['Morning', 'machine'], ['Noon', 'machine']]);

  await tree.getByRole('treeitem', { name: /^Noon/ }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(tree.getByRole('treeitem', { name: /^Morning/ })).toBeFocused();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Revert' }).click();
  await expect(page.getByRole('button', { name: 'Revert now' })).toBeFocused();
  await expect(page.getByText('Takes a safety snapshot of the present first')).toBeVisible();
  await page.getByRole('button', { name: 'Revert now' }).click();
  await expect(page.getByText('Time traveller is back at “Morning”.')).toBeVisible();
  const morning = taken.snapshots[0]?.id ?? '';
  const after = await client.snapshots.tree({ guest: id });
  expect([after.current, after.snapshots.filter(({ safety }) => safety).length]).toEqual([morning, 1]);
  await expect(tree.getByRole('treeitem', { name: /safety/ })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect.poll(async () => (await client.snapshots.tree({ guest: id })).current).not.toBe(morning);
  await expect.poll(async () => (await client.guests.get({ id })).runtime.state).toBe('running');

  await page.getByRole('button', { name: 'As a table' }).click();
  await expect(page.getByRole('table', { name: 'Snapshots' })).toContainText('Morning');
  await expectAccessible(page);
  await client.guests.kill({ id });
  await page.getByRole('table', { name: 'Snapshots' }).getByRole('button', { name: 'Noon' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(async () => (await client.snapshots.tree({ guest: id })).snapshots.map(({ name }) => name)).not.toContain('Noon');
  await page.getByRole('group', { name: 'In the trash' }).getByRole('button', { name: 'Restore Noon' }).click();
  await expect.poll(async () => (await client.snapshots.tree({ guest: id })).snapshots.map(({ name }) => name)).toContain('Noon');
});
