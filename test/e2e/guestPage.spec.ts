import { expect, expectAccessible, test, visit } from './labPage.ts';

test('a guest is edited, what is wrong is said at its field, and what was saved is taken back', async ({ page, client }) => {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Edited' });
  const { id } = definition;
  await visit(page, `/guests/${id}?tab=machine`);
  await expect(page.getByText('The board that it was made for.')).toBeVisible();
  await page.getByRole('spinbutton', { name: 'Processors' }).fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('spinbutton', { name: 'Processors' })).toHaveAttribute('aria-invalid', 'true');
  expect((await client.guests.get({ id })).definition).toEqual(definition);
  await page.getByRole('spinbutton', { name: 'Processors' }).fill('1');
  await page.getByRole('spinbutton', { name: 'Memory', exact: true }).fill('96');
  await page.getByRole('combobox', { name: 'Group' }).fill('Set one');
  await page.getByRole('combobox', { name: 'Health check' }).selectOption('qmp');
  await page.getByRole('spinbutton', { name: 'Every' }).fill('1');
  await expectAccessible(page);
  await page.keyboard.press('Control+s');
  await expect.poll(async () => (await client.guests.get({ id })).definition).toMatchObject({ group: 'Set one', machine: { memoryMiB: 96 }, health: { kind: 'qmp', intervalSeconds: 1 } });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await client.guests.get({ id })).definition).toEqual(definition);
  await expect(page.getByRole('spinbutton', { name: 'Memory', exact: true })).toHaveValue('64');
});

test('whoever leaves a changed guest is asked: staying keeps what was typed, saving saves it, discarding loses it', async ({ page, client }) => {
  const { definition: { id } } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Left' });
  const memoryOf = async (): Promise<number> => (await client.guests.get({ id })).definition.machine.memoryMiB;
  const memory = page.getByRole('spinbutton', { name: 'Memory', exact: true });
  const question = page.getByRole('dialog', { name: 'Save the changes?' });
  await visit(page, `/guests/${id}?tab=machine`);
  await memory.fill('96');
  await page.getByRole('link', { name: 'Disks', exact: true }).click();
  await expect(question).toContainText('Changes of Left were not saved: machine.');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(memory).toHaveValue('96');
  expect(await memoryOf()).toBe(64);

  await page.getByRole('tab', { name: 'Life', exact: true }).click();
  await question.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('Changed');
  expect(await memoryOf()).toBe(96);

  await page.getByRole('tab', { name: 'Disks & machine' }).click();
  await memory.fill('128');
  await page.getByRole('link', { name: 'Disks', exact: true }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByRole('heading', { name: 'Disks', level: 1 })).toBeVisible();
  expect(await memoryOf()).toBe(96);
});

test('a guest that was removed while it was looked at is restored where it was', async ({ page, client }) => {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Lazarus' });
  await visit(page, `/guests/${definition.id}`);
  await expect(page.getByRole('heading', { name: 'Lazarus', level: 1 })).toBeVisible();
  await client.guests.remove({ id: definition.id });
  await expect(page.getByText('This guest is in the trash.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('tab', { name: 'Consoles' })).toBeVisible();
  expect((await client.guests.get({ id: definition.id })).definition).toEqual(definition);
});

test('a set is started, found, chosen from, acted on and stopped', async ({ page, client }) => {
  const ids: string[] = [];
  for (const name of ['Anna', 'Bert']) {
    const { definition: { id } } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name });
    await client.guests.update({ id, change: { group: 'Class', ...(name === 'Anna' ? { health: { kind: 'qmp', intervalSeconds: 1, timeoutSeconds: 5, retries: 3 } } : {}) } });
    ids.push(id);
  }
  const [anna = '', bert = ''] = ids;
  await visit(page, '/guests');
  await page.getByRole('button', { name: 'Start all of Class' }).click();
  for (const id of ids) await expect.poll(async () => (await client.guests.get({ id })).runtime.state).toBe('running');
  await expect(page.getByRole('img', { name: /^Processor load of Anna/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Anna/ })).toContainText('Healthy');
  await expectAccessible(page);

  await page.getByRole('searchbox', { name: 'Filter guests' }).fill('anna running');
  await expect(page.getByRole('link', { name: 'Bert' })).toBeHidden();
  await page.getByRole('checkbox', { name: 'Choose Anna' }).check();
  await page.getByRole('searchbox', { name: 'Filter guests' }).fill('');
  await page.getByRole('toolbar', { name: 'Chosen guests' }).getByRole('button', { name: 'Pause' }).click();
  await expect.poll(async () => (await client.guests.get({ id: anna })).runtime.state).toBe('paused');
  expect((await client.guests.get({ id: bert })).runtime.state).toBe('running');
  await page.getByRole('toolbar', { name: 'Chosen guests' }).getByRole('button', { name: 'Resume' }).click();
  await expect.poll(async () => (await client.guests.get({ id: anna })).runtime.state).toBe('running');

  await page.getByRole('button', { name: 'Stop all of Class' }).click();
  for (const id of ids) await expect.poll(async () => (await client.guests.get({ id })).runtime.state, { timeout: 60_000 }).toBe('stopped');
});

test('what a guest takes and what happened to it are drawn and told, and a running machine is locked', async ({ page, client }) => {
  const { definition: { id } } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name: 'Watched' });
  await client.guests.start({ id });
  await client.guests.pause({ id });
  await client.guests.resume({ id });
  await visit(page, `/guests/${id}?tab=resources`);
  await expect(page.getByRole('img', { name: /^Processor: load from/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Samples' }).getByRole('row').nth(2)).toContainText('%');
  for (const [tab, words] of [['Command', 'qemu-system-i386'], ['Forecast', '8'], ['Life', 'Paused']] as const) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await expect(page.getByRole('tabpanel')).toContainText(words);
    if (tab !== 'Command') await expectAccessible(page);
  }
  // The facts are there on a narrow window too, and what cannot change now is locked.
  await page.setViewportSize({ width: 900, height: 700 });
  await expect(page.getByText(/i386, pc/)).toBeVisible();
  await page.keyboard.press('Alt+3');
  await expect(page.getByRole('spinbutton', { name: 'Processors' })).toBeDisabled();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeEnabled();
  await expectAccessible(page);
  await client.guests.kill({ id });
});
