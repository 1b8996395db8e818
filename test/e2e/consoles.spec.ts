import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { LabClient } from '../../electron/contract/contract.ts';
import { expect, expectAccessible, test, visit } from './labPage.ts';

/** A guest with a screen and a keyboard, and two serial ports, that is on the page and at its prompt. */
async function startGuest(page: Page, client: LabClient, name: string): Promise<string> {
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name });
  const { id, boot } = definition;
  await client.guests.update({ id, change: { display: 'std', serialPorts: 2, boot: { ...boot, arguments: 'console=vga' }, network: { kind: 'user', card: 'e1000', outbound: 'open', forwards: [] } } });
  await client.guests.start({ id });
  await visit(page, `/guests/${id}`);
  await expect(page.locator('.xterm-rows')).toContainText('petri#');
  return id;
}

async function openScreen(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Screen' }).click();
  await expect(page.getByRole('application', { name: /^Screen of/ })).toBeVisible();
  await expect(page.getByText('leaves the screen')).toBeVisible();
}

/** The pixels of the canvas, three bytes each, with its size. */
async function canvasPixels(page: Page): Promise<string> {
  const { width, height, base64 } = await page.getByRole('application').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() };
    let binary = '';
    for (let at = 0; at < data.length; at += 4) binary += String.fromCharCode(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    return { width: canvas.width, height: canvas.height, base64: btoa(binary) };
  });
  return `P6\n${width} ${height}\n255\n${Buffer.from(base64, 'base64').toString('latin1')}`;
}

/** The same from QEMU itself, as the PPM file that it writes. */
async function dumpedPixels(client: LabClient, guest: string, file: string): Promise<string> {
  expect(await client.consoles.command({ guest, line: `screendump ${file}` })).toEqual({ text: '', ok: true });
  return readFile(file, 'latin1');
}

/** All that the guest printed on its first serial port, where it repeats what it prints on the screen. */
async function printed(client: LabClient, guest: string): Promise<string> {
  const { base64 } = await client.consoles.export({ id: `guest/${guest}/serial0`, format: 'text', from: 0 });
  return Buffer.from(base64, 'base64').toString();
}

test('the screen of a guest shows its pixels, takes keys and a text, is left with its key, and comes back with the guest', async ({ page, client, lab }, testInfo) => {
  const guest = await startGuest(page, client, 'Screen');
  await openScreen(page);
  // A text screen blinks its cursor: sooner or later both are taken in the same half of it.
  const file = testInfo.outputPath('screen.ppm');
  await expect.poll(async () => (await canvasPixels(page)) === (await dumpedPixels(client, guest, file)), { intervals: [70] }).toBe(true);
  await expectAccessible(page);

  const screen = page.getByRole('application');
  await screen.focus();
  await page.keyboard.press('Shift+KeyA');
  await page.keyboard.type('b; 1\n');
  await expect.poll(() => printed(client, guest)).toContain('petri# Ab; 1\n');

  await page.getByRole('button', { name: 'Type a text…' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('A "long" text: {1}~é\n');
  await expect(page.getByText('No key for: é')).toBeVisible();
  await page.getByRole('button', { name: 'Type it' }).click();
  await expect.poll(() => printed(client, guest)).toContain('petri# A "long" text: {1}~\n');

  // The way out; Control is let go in the guest, or the next key would be another one.
  await screen.focus();
  await page.keyboard.down('Control');
  await page.keyboard.press(']');
  await expect(screen).not.toBeFocused();
  await page.keyboard.up('Control');
  await page.keyboard.press('z');
  await screen.focus();
  await page.keyboard.type('c\n');
  await expect.poll(() => printed(client, guest)).toContain('petri# c\n');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a picture' }).click();
  const picture = await download;
  expect(picture.suggestedFilename()).toBe('Screen-screen.png');
  expect((await readFile(await picture.path())).subarray(1, 4).toString()).toBe('PNG');

  // Two viewers see the same guest.
  const other = await page.context().newPage();
  await other.goto(lab.url);
  await expect(other.getByText('Lab connected')).toBeVisible();
  await visit(other, `/guests/${guest}`);
  await openScreen(other);
  await expect(page.getByText('2 viewers')).toBeVisible();
  await other.close();
  await expect(page.getByText('2 viewers')).toBeHidden();

  await client.guests.kill({ id: guest });
  await expect(page.getByText('Its screen appears when it is started')).toBeVisible();
  await client.guests.start({ id: guest });
  await expect(screen).toBeVisible();
  await client.guests.kill({ id: guest });
});

test('the keys of the menu reach the guest', async ({ page, client }) => {
  const guest = await startGuest(page, client, 'Keys');
  await openScreen(page);
  await page.getByRole('button', { name: 'Send keys' }).click();
  await expect(page.getByRole('menuitem', { name: 'Ctrl+Alt+Del' })).toBeVisible();
  await page.getByRole('menuitem', { name: 'F12' }).last().press('Escape');
  await client.consoles.command({ guest, line: 'qmp trace-event-get-state {"name": "ps2_put_keycode"}' });
  expect(await client.consoles.command({ guest, line: 'trace-event ps2_put_keycode on' })).toMatchObject({ ok: true });
  await page.getByRole('button', { name: 'Send keys' }).click();
  await page.getByRole('menuitem', { name: 'Ctrl+Alt+Del' }).click();
  const running = await client.guests.get({ id: guest });
  if (running.runtime.state !== 'running') throw new Error('the guest has ended');
  // QEMU writes its trace beside its own words: the scan codes of three keys down, and up in the opposite order.
  const log = join(`/proc/${running.runtime.machine.pid}/fd/2`);
  await expect.poll(async () => [...(await readFile(log, 'utf8')).matchAll(/ps2_put_keycode .*keycode 0x([0-9a-f]+)/g)].length).toBeGreaterThanOrEqual(6);
  await client.guests.kill({ id: guest });
});

test('the monitor completes, remembers, warns, and is there again after a reload', async ({ page, client }) => {
  const guest = await startGuest(page, client, 'Monitor');
  await page.getByRole('tab', { name: 'Monitor' }).click();
  const line = page.getByRole('combobox', { name: 'Command for QEMU' });
  await expect(line).toBeFocused();
  await page.keyboard.type('info stat');
  await expect(page.getByRole('option', { name: 'status' })).toBeVisible();
  await page.keyboard.type('u');
  await expect(page.getByText('show the current VM status')).toBeHidden();
  await expect.poll(async () => {
    await page.keyboard.press('Tab');
    return line.inputValue();
  }).toBe('info status ');
  await page.keyboard.press('Enter');
  await expect(page.locator('.xterm-rows')).toContainText('VM status: running');
  await page.keyboard.type('inf');
  await page.keyboard.press('ArrowUp');
  await expect(line).toHaveValue('info status');
  await page.keyboard.press('ArrowDown');
  await expect(line).toHaveValue('inf');
  await expectAccessible(page);

  await line.fill('quit');
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'This ends or endangers the guest' });
  await expect(question).toContainText('loses what it has not saved');
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect((await client.guests.get({ id: guest })).runtime.state).toBe('running');

  await page.reload();
  await page.getByRole('tab', { name: 'Monitor' }).click();
  await expect(page.locator('.xterm-rows')).toContainText('(qemu) info status');
  await expect(line).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(line).toHaveValue('info status');
  await line.fill('quit');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Carry it out' }).click();
  await expect.poll(async () => (await client.guests.get({ id: guest })).runtime.state).toBe('stopped');
  await expect(page.locator('.xterm-rows')).toContainText('QEMU ended');
});

test('a guest that has no SSH server says so beside the line that lets Petri in, and each log is exported in three forms', async ({ page, client }) => {
  const guest = await startGuest(page, client, 'Logins');
  await page.getByRole('tab', { name: 'SSH' }).click();
  await expect(page.getByRole('group', { name: 'Line that lets Petri in' })).toContainText('ssh-ed25519');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('SESSION_UNAVAILABLE');
  await expectAccessible(page);

  await page.getByRole('tab', { name: 'Serial 1' }).click();
  const save = async (form: string): Promise<Buffer> => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export the log' }).click();
    await page.getByRole('menuitem', { name: form }).click();
    return readFile(await (await download).path());
  };
  expect((await save('Text without control sequences')).toString()).toBe(await printed(client, guest));
  const cast = (await save('Recording with its times')).toString().trim().split('\n').map((text) => JSON.parse(text) as unknown);
  expect(cast[0]).toMatchObject({ version: 2, width: 80, height: 24 });
  expect(cast.slice(1).map((event) => (event as [number, string, string])[2]).join('')).toContain('[10/10]');
  await page.getByRole('tab', { name: 'Serial 2' }).click();
  await expect(page.getByText('The guest has printed nothing yet.')).toBeVisible();
  await client.guests.kill({ id: guest });
});
