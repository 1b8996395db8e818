import { createServer, type AddressInfo } from 'node:net';
import { expect, expectAccessible, test, visit } from './labPage.ts';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { RunWithSamples, StartMeasurement } from '../../electron/contract/measurements.ts';

async function guestOf(client: LabClient): Promise<string> {
  const found = (await client.guests.list()).find(({ definition }) => definition.name === 'Measured');
  return (found ?? (await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Measured' }))).definition.id;
}

async function ended(client: LabClient, id: string): Promise<RunWithSamples> {
  await expect.poll(async () => (await client.measurements.get({ id })).run.state, { timeout: 60_000 }).toBe('done');
  return client.measurements.get({ id });
}

/** A run of the built-in guest, made once for all tests of this file. */
async function runNamed(client: LabClient, name: string, more: Partial<StartMeasurement>): Promise<RunWithSamples> {
  const { items } = await client.measurements.find({ text: name });
  const known = items.find((item) => item.name === name);
  if (known !== undefined) return ended(client, known.id);
  const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest: await guestOf(client) }], runs: 2, warmUps: 0, name, ...more });
  return ended(client, id);
}
const callsRun = (client: LabClient): Promise<RunWithSamples> => runNamed(client, 'Calls', { events: { load: 'calls 100' } });
const bootRun = (client: LabClient): Promise<RunWithSamples> => runNamed(client, 'Boots in logical time', { kind: 'boot', events: { logicalTime: true, profileEvery: 10_000 } });
const memoryRun = (client: LabClient): Promise<RunWithSamples> => runNamed(client, 'Faults', { kind: 'memory', events: { load: 'faults 200' } });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('system calls are asked for in the dialog with a load, and the ranking is what the lab counted', async ({ page, client }) => {
  const guest = await guestOf(client);
  await visit(page, '/measurements?new');
  const dialog = page.getByRole('dialog', { name: 'New measurement' });
  await dialog.getByRole('radio', { name: /^System calls/ }).check();
  await dialog.getByLabel('Guest', { exact: true }).selectOption(guest);
  await expect(dialog.getByRole('table', { name: 'What the instruments would give' })).toContainText('measured');
  await dialog.getByRole('combobox', { name: 'Load' }).selectOption('calls');
  await dialog.getByLabel('Boots that count').fill('1');
  await dialog.getByLabel('Warm-ups before').fill('0');
  await expect(dialog.getByRole('group', { name: 'The same for a terminal' })).toContainText(`petri measure syscalls ${guest} --runs 1`);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(page).toHaveURL(/#\/measurements\/[a-z0-9-]+$/);
  const { run, samples } = await ended(client, page.url().split('/').at(-1) ?? '');
  expect([run.kind, run.plan.events?.load]).toEqual(['syscalls', expect.stringMatching(/^calls 1000/)]);
  const [busiest] = samples[0]?.metrics?.calls?.rows ?? [];
  const first = page.getByRole('table', { name: 'System calls of Measured' }).getByRole('row').nth(1);
  await expect(first).toContainText(busiest?.name ?? 'no call was counted');
  await expect(first).toContainText(String(busiest?.count.toLocaleString('en')));
  await expect(page.getByRole('img', { name: new RegExp(`^Latency of ${busiest?.name ?? ''}: `) })).toBeVisible();
});

test('each part of a run has its table, axe finds nothing in any, and the evidence is the kept trace', async ({ page, client }) => {
  test.setTimeout(240_000);
  const parts: readonly [RunWithSamples, readonly string[]][] = [
    [await callsRun(client), ['System calls', 'Messages', 'Readings', 'Evidence']],
    [await memoryRun(client), ['Memory']],
    [await bootRun(client), ['Boot', 'Flame graph', 'Two boots', 'Origin']],
  ];
  for (const [{ run }, tabs] of parts) {
    await visit(page, `/measurements/${run.id}`);
    await expect(page.getByRole('heading', { level: 1, name: run.name })).toBeVisible();
    for (const tab of tabs) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await expect(page.getByRole('tabpanel', { name: tab, exact: true })).toBeVisible();
      await expectAccessible(page);
    }
  }
  await visit(page, `/measurements/${parts[0]?.[0].run.id ?? ''}`);
  await page.getByRole('tab', { name: 'Evidence' }).click();
  const lines = page.getByRole('region', { name: 'Trace lines' });
  await expect(lines).toContainText('call int 0x');
  await page.getByLabel('Search the trace').fill('sysenter');
  await page.keyboard.press('Enter');
  await expect(lines).not.toContainText('call int 0x');
  await expect(lines).toContainText('sysenter');
});

test('a flame graph is zoomed by keyboard alone, and two boots in logical time are the same', async ({ page, client }) => {
  const { run, samples } = await bootRun(client);
  expect(samples[0]?.metrics?.profile?.root.total).toBeGreaterThan(0);
  await visit(page, `/measurements/${run.id}`);
  await page.getByRole('tab', { name: 'Flame graph' }).click();
  const graph = page.getByRole('group', { name: /^Flame graph of/ });
  await graph.locator('[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  const chosen = await graph.locator('[tabindex="0"]').getAttribute('aria-label');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'All of it' })).toBeVisible();
  await expect(graph.locator(':focus')).toHaveAttribute('aria-label', chosen ?? '');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'All of it' })).toBeHidden();
  await page.getByRole('tab', { name: 'Two boots' }).click();
  await expect(page.getByText('The same', { exact: true })).toBeVisible();
});

test('runs are tagged in place and found by tag and by words', async ({ page, client }) => {
  const [calls] = [await callsRun(client), await memoryRun(client)];
  await visit(page, '/measurements');
  const table = page.getByRole('table', { name: 'Measurements' });
  await table.getByRole('button', { name: /^Tags of Calls/ }).click();
  await page.getByRole('textbox', { name: 'Tags of Calls' }).fill('minix, seed');
  await page.keyboard.press('Enter');
  await expect(table.getByRole('button', { name: 'Only those with the tag seed' })).toBeVisible();
  expect((await client.measurements.get({ id: calls.run.id })).run.tags).toEqual(['minix', 'seed']);
  await page.getByLabel('Tag', { exact: true }).selectOption('seed');
  await expect(table.getByRole('link', { name: 'Faults', exact: true })).toBeHidden();
  await page.getByLabel('Tag', { exact: true }).selectOption('');
  await page.getByLabel('Filter measurements').fill('faul');
  await expect(table.getByRole('link', { name: 'Calls', exact: true })).toBeHidden();
  await page.getByLabel('Filter measurements').fill('');
  await expect(table.getByRole('link', { name: 'Calls', exact: true })).toBeVisible();
  await expectAccessible(page);
});

test('two runs are chosen and compared, the older as the reference', async ({ page, client }) => {
  const [calls, faults] = [await callsRun(client), await memoryRun(client)];
  await visit(page, '/measurements');
  const table = page.getByRole('table', { name: 'Measurements' });
  for (const name of ['Calls', 'Faults']) await table.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  const order = [calls.run, faults.run].toSorted((one, other) => one.createdAt.localeCompare(other.createdAt)).map(({ id }) => id);
  await expect(page).toHaveURL(new RegExp(`compare/${order.join('/')}$`));
  await expect(page.getByText(/^2 values a side have no interval/)).toBeVisible();
  await expectAccessible(page);
});

test('several runs go to the trash at once and come back by one undo', async ({ page, client }) => {
  for (const make of [callsRun, memoryRun]) await make(client);
  await visit(page, '/measurements');
  const table = page.getByRole('table', { name: 'Measurements' });
  for (const name of ['Calls', 'Faults']) await table.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check();
  await page.getByRole('button', { name: 'Move to the trash', exact: true }).click();
  // The notice comes when all have gone; a row may go before the other.
  const notice = page.getByText('2 measurements were moved to the trash.');
  await expect(notice).toBeVisible();
  await notice.hover();
  for (const name of ['Calls', 'Faults']) await expect(table.getByRole('link', { name, exact: true })).toBeHidden();
  expect((await client.measurements.trash()).map(({ name }) => name).toSorted()).toEqual(['Calls', 'Faults']);
  await page.getByRole('button', { name: 'Undo' }).click();
  for (const name of ['Calls', 'Faults']) await expect(table.getByRole('link', { name, exact: true })).toBeVisible();
  expect(await client.measurements.trash()).toEqual([]);
});

test('the trends of a guest are a picture with a table', async ({ page, client }) => {
  for (const make of [callsRun, memoryRun]) await make(client);
  await visit(page, `/measurements/trends?guest=${await guestOf(client)}&metric=systemCalls`);
  await expect(page.getByRole('img', { name: /^System calls over/ })).toBeVisible();
  await expectAccessible(page);
});

test('the dashboard follows host and guests, and Prometheus reads the same text while it is on', async ({ page, client }) => {
  const guest = await guestOf(client);
  await client.guests.start({ id: guest });
  await visit(page, '/dashboard');
  const table = page.getByRole('table', { name: 'Host and guests' });
  await expect(table.getByRole('button', { name: 'Measured' })).toBeVisible();
  await table.getByRole('button', { name: 'Measured' }).click();
  await expect(page.getByRole('img', { name: /^Processor of Measured: from/ })).toBeVisible();
  const port = await freePort();
  await page.getByLabel('Port').fill(String(port));
  await page.getByRole('button', { name: 'Prometheus', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Stop Prometheus' })).toBeVisible();
  const { address } = await client.history.metricsEndpoint();
  expect(await (await fetch(address ?? '')).text()).toContain('Measured');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Stop Prometheus' }).click();
  await expect(page.getByRole('button', { name: 'Prometheus', exact: true })).toBeVisible();
  await client.guests.kill({ id: guest });
});

test('a campaign is refused with its line, then carried out with a link to its run', async ({ page, client }) => {
  await guestOf(client);
  await visit(page, '/campaigns');
  await page.getByRole('button', { name: 'New campaign' }).first().click();
  const text = page.getByLabel('Campaign as YAML');
  await text.fill('name: Small\nsteps:\n  - name: one\n    measure: nothing\n    guests: [Measured]\n');
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByRole('alert')).toContainText('line 4');
  await expectAccessible(page);
  await text.fill('name: Small\nsteps:\n  - name: one\n    measure: boot\n    guests: [Measured]\n    runs: 1\n    warmUps: 0\n');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('1 of 1 steps done')).toBeVisible({ timeout: 60_000 });
  const [campaign] = await client.campaigns.list();
  await expect(page.getByRole('link', { name: campaign?.steps[0]?.run ?? 'no run' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Move Small to the trash' }).click();
  await page.getByRole('button', { name: 'Restore Small' }).click();
  await expect(page.getByRole('button', { name: 'Move Small to the trash' })).toBeVisible();
  expect([await client.campaigns.trash(), (await client.campaigns.list()).map(({ name }) => name)]).toEqual([[], ['Small']]);
});

test('a calibration shows its rows while it goes on, and can be cancelled', async ({ page, client }) => {
  await visit(page, '/calibration');
  await expect(page.getByText('The instruments were not calibrated on this machine.')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('with overheads').uncheck();
  await page.locator('header').getByRole('button', { name: 'Calibrate' }).click();
  await expect(page.getByRole('table', { name: 'Calibration' }).getByRole('row', { name: /int 0x20/ }).first()).toContainText('In', { timeout: 60_000 });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();
  expect((await client.calibrations.list())[0]?.state).toBe('cancelled');
});

test('an imported report is checked against its evidence, and a number that was changed fails', async ({ page, client }) => {
  const { run, samples } = await callsRun(client);
  const value = samples[0]?.metrics?.readings[0]?.value ?? 0;
  const rendered = await client.reports.render({ run: run.id, format: 'json', evidence: true });
  const text = Buffer.from(rendered.base64, 'base64').toString();
  const changed = text.replace(new RegExp(`"value":\\s*${value}\\b`), `"value": ${value + 1}`);
  expect(changed).not.toBe(text);
  await visit(page, '/reports');
  await page.getByLabel('Report to import').setInputFiles({ name: 'changed.json', mimeType: 'application/json', buffer: Buffer.from(changed) });
  await expect(page).toHaveURL(/#\/reports\/imported\//);
  await page.getByLabel('Checks that are shown').selectOption('failed');
  await expect(page.getByRole('table', { name: 'Checks' })).toContainText('FAILED');
  await expect(page.getByRole('region', { name: 'Lines of the evidence' })).toContainText('Petri guest');
  await page.getByLabel('Kind of the evidence').selectOption('marks');
  await expect(page.getByRole('region', { name: 'Lines of the evidence' })).toContainText('petri-marks 1');
  await expectAccessible(page);
  await expect(page.locator('.screen-header')).not.toContainText('verified again');
  await visit(page, '/reports');
  await page.getByLabel('Report to import').setInputFiles({ name: 'changed.json', mimeType: 'application/json', buffer: Buffer.from(changed) });
  await expect(page.locator('.screen-header')).toContainText('verified again');
  const [imported] = await client.reports.imported();
  expect(imported?.failed).toBeGreaterThan(0);
  await visit(page, '/reports');
  const table = page.getByRole('table', { name: 'Imported reports' });
  await table.getByRole('button', { name: /^Move .* to the trash$/ }).click();
  await expect(table).toBeHidden();
  expect((await client.reports.importedTrash()).map(({ id }) => id)).toEqual([imported?.id]);
  await page.getByRole('button', { name: /^Restore / }).click();
  await expect(table).toBeVisible();
  expect(await client.reports.importedTrash()).toEqual([]);
});
