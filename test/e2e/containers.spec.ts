import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startLabForTests, type LabForTests } from '../support/labForTests.ts';
import { expectAccessible, visit } from './labPage.ts';

const engineSocket = '/var/run/docker.sock';
test.skip(existsSync(engineSocket), `what is shown without Docker is not tested: there is an engine behind ${engineSocket}`);

/** Starts a lab that finds no program on its PATH and no context of Docker. */
async function startLabWithoutDocker(empty: string): Promise<LabForTests> {
  const kept = { ...process.env };
  delete process.env['DOCKER_HOST'];
  delete process.env['DOCKER_CONTEXT'];
  Object.assign(process.env, { PATH: empty, DOCKER_CONFIG: empty });
  try {
    return await startLabForTests();
  } finally {
    delete process.env['DOCKER_CONFIG'];
    Object.assign(process.env, kept);
  }
}

test('without Docker the screen says so with what to do, everything else goes on, and a group is exported and imported', async ({ page }) => {
  const empty = await mkdtemp(join(tmpdir(), 'petri-'));
  const lab = await startLabWithoutDocker(empty);
  const { client } = lab.connection;
  try {
    const { definition: { id } } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Portable' });
    await client.guests.update({ id, change: { group: 'Harbour' } });
    await page.goto(lab.url);
    await expect(page.getByText('Lab connected')).toBeVisible();
    await visit(page, '/containers');
    const engines = page.getByRole('group', { name: 'Engines' });
    await expect(engines.getByText('Not installed', { exact: true })).toBeVisible();
    await expect(engines.getByRole('alert')).toContainText('Docker is not installed.');
    await expect(engines.getByRole('alert')).toContainText('everything else goes on without it');
    await expect(page.getByRole('table', { name: 'Images' })).toHaveCount(0);
    const exported = page.getByRole('group', { name: 'Compose file' });
    await expect(exported).toContainText('services:');
    await expectAccessible(page);

    const { yaml } = await client.containers.exportCompose({ group: 'Harbour' });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('textbox', { name: 'Compose file to import' }).fill('services: 7');
    await page.getByRole('button', { name: 'Show what it becomes' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'COMPOSE_INVALID' })).toBeVisible();
    await page.getByRole('textbox', { name: 'Compose file to import' }).fill(yaml);
    await page.getByRole('button', { name: 'Show what it becomes' }).click();
    await expect(page.getByText(/Portable.*\(i386\)/)).toBeVisible();
    expect(await client.guests.list()).toHaveLength(1);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Make these guests' }).click();
    await expect.poll(async () => (await client.guests.list()).length).toBe(2);
  } finally {
    await lab.close();
    await rm(empty, { recursive: true, force: true });
  }
});
