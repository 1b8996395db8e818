import { straceTracer } from '../../electron/host/instruments/strace/strace.ts';
import { expect, expectAccessible, test, visit } from './labPage.ts';

const { available, reason } = await straceTracer.probe();
test.skip(!available, `SKIPPED: strace: ${reason}`);

test('a program is traced from the dialog, and its page shows what the lab counted, the lines behind it, and its origin', async ({ page, client }) => {
  test.setTimeout(240_000);
  await visit(page, '/measurements/programs');
  await expect(page.getByText('No program was watched yet')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Trace a program' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Trace a program' });
  await expect(dialog.getByRole('list', { name: 'Instruments for programs' })).toContainText('strace works');
  await dialog.getByRole('textbox', { name: 'Command' }).fill("sh -c 'cat /dev/null");
  await expect(dialog.getByRole('alert')).toContainText('is not closed');
  await dialog.getByRole('textbox', { name: 'Command' }).fill('/nowhere/program');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(dialog.getByRole('alert')).toContainText('could not be started');
  expect(await client.programs.list()).toEqual([]);
  await dialog.getByRole('textbox', { name: 'Command' }).fill('dd if=/dev/zero of=/dev/null bs=1 count=500');
  await dialog.getByLabel('Runs').fill('5');
  await expect(dialog.getByRole('group', { name: 'The same for a terminal' })).toContainText('petri trace --runs 5 -- dd if=/dev/zero');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(page).toHaveURL(/#\/measurements\/programs\/trace-[0-9a-f]+$/);

  const id = page.url().split('/').at(-1) ?? '';
  await expect(page.getByText('Done', { exact: true })).toBeVisible();
  const { trace, samples } = await client.programs.get({ id });
  const total = samples.reduce((sum, { metrics }) => sum + (metrics?.calls?.total ?? 0), 0);
  await expect(page.getByRole('group', { name: 'System calls' })).toContainText(`${total.toLocaleString('en')} in 5 samples`);
  await expect(page.getByRole('table', { name: /^System calls of dd/ })).toContainText('write');
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Readings' }).click();
  await expect(page.getByRole('button', { name: `with it a run takes ${(trace.overhead?.ratio ?? 0).toFixed(3)} times as long` })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Trace lines' }).click();
  await page.getByLabel('Search the trace').fill('execve');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Trace lines' })).toHaveText(/^ *1\d+<strace> .* execve\("[^"]*dd"/);
  await expect(page.getByText(samples[0]?.metrics?.evidence[0]?.digest ?? 'no digest')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Origin' }).click();
  await expect(page.getByText(/times as long .*from 5 runs/)).toBeVisible();
  await expectAccessible(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^petri-dd-.*\.txt$/);
});

test('one that goes on is cancelled and keeps what was seen; two are compared; one goes to the trash and comes back', async ({ page, client }) => {
  const { id } = await client.programs.start({ target: { kind: 'command', command: 'sleep', args: ['1000'] }, name: 'Asleep' });
  await visit(page, `/measurements/programs/${id}`);
  await expect(page.getByText('It is being watched')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('list', { name: 'What was not seen' })).toContainText('it was cancelled');
  const { id: other } = await client.programs.start({ target: { kind: 'command', command: 'true' }, name: 'Nothing' });
  await expect.poll(async () => (await client.programs.get({ id: other })).trace.state).toBe('done');

  await visit(page, '/measurements/programs');
  await page.getByRole('checkbox', { name: 'Choose Asleep' }).check();
  await page.getByRole('checkbox', { name: 'Choose Nothing' }).check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Compare two' }).click();
  await expect(page.getByRole('table', { name: 'Calls of two traces' })).toContainText('execve');
  await expectAccessible(page);

  await visit(page, '/measurements/programs');
  await page.getByRole('button', { name: 'Move Asleep to the trash' }).click();
  await expect(page.getByRole('row', { name: /Asleep/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Restore Asleep' }).click();
  await expect(page.getByRole('row', { name: /Asleep/ })).toBeVisible();
  expect((await client.programs.list()).map(({ name }) => name)).toContain('Asleep');
});
