import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Qmp } from '../../../electron/core/guests/machine.ts';
import { connectWhenReady } from '../../../electron/host/qemu/connectWhenReady.ts';
import { pressKeys } from '../../../electron/host/qemu/pressKeys.ts';
import { openQmp } from '../../../electron/host/qemu/qmp.ts';
import { type RunningGuest, startGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { emptyDisk, ideDisk, mediumDrive } from './installing.ts';
import { describeMachines } from './machines.ts';

const ROWS = 25;
const COLUMNS = 80;
const TEXT_BUFFER = { val: 0xb8000, size: ROWS * COLUMNS * 2 };

/** The keys that are not letters or digits, by QEMU's names. */
const KEYS: Readonly<Record<string, readonly string[]>> = { '\r': ['ret'], '\b': ['backspace'], ' ': ['spc'], '=': ['equal'], '#': ['shift', '3'], '?': ['shift', 'slash'], '\x03': ['ctrl', 'c'] };

function chord(character: string): readonly string[] {
  if (/[A-Z]/.test(character)) return ['shift', character.toLowerCase()];
  return KEYS[character] ?? [character];
}

interface Screen {
  read(): Promise<string[]>;
  /** Resolves with the screen when it shows this; nothing tells of a change, so it is looked at again and again. */
  waitFor(pattern: RegExp): Promise<string[]>;
  type(text: string): Promise<void>;
  readonly qmp: Qmp;
  readonly kill: RunningGuest['kill'];
  readonly exit: RunningGuest['exit'];
}

/** Starts a guest with a VGA and a keyboard; its text is read from the memory of the machine. */
async function startOnScreen(extra: readonly string[], options: { kernel?: null; append?: string; serial?: boolean } = {}): Promise<Screen> {
  const directory = scratch();
  const socket = join(directory, 'qmp');
  const { kill, exit } = startGuest({ architecture: 'i386', serial: false, ...options, extra: ['-vga', 'std', '-qmp', `unix:${socket},server=on,wait=off`, ...extra] });
  const qmp = await openQmp(await connectWhenReady(socket, AbortSignal.timeout(10_000)));
  const file = join(directory, 'screen');
  const read = async (): Promise<string[]> => {
    await qmp.execute('pmemsave', { ...TEXT_BUFFER, filename: file });
    const cells = readFileSync(file);
    return Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: COLUMNS }, (_, column) => String.fromCharCode(cells[(row * COLUMNS + column) * 2] ?? 0)).join('').trimEnd(),
    );
  };
  return {
    qmp,
    kill,
    exit,
    read,
    async waitFor(pattern) {
      for (;;) {
        const lines = await read();
        if (pattern.test(lines.join('\n'))) return lines;
        await setTimeout(20);
      }
    },
    type: (text) => pressKeys(qmp, Array.from(text, chord)),
  };
}

describeMachines([{ architecture: 'i386' }], () => {
  test('without a serial port the installer shows itself on the screen and is answered from the keyboard', async () => {
    const disk = emptyDisk(scratch(), 4 * 1024 * 1024);
    const screen = await startOnScreen([...ideDisk(disk, 'qcow2'), ...mediumDrive({})], { kernel: null });
    const first = await screen.waitFor(/^arguments:$/m);
    expect(first[0]).toBe('Petri guest 1 (i386)');
    await screen.type('CX\b\bcalls=9\r');
    await screen.waitFor(/^arguments: calls=9$/m);
    await screen.type('y\r');
    const last = await screen.waitFor(/^petri: installed\npetri#$/m);
    expect(last).toContain('install? [y/n] y');
    await screen.kill();

    const installed = await startOnScreen(ideDisk(disk, 'qcow2'), { kernel: null });
    const booted = await installed.waitFor(/since=load\npetri#$/m);
    expect(booted[0]).toBe('Petri guest 1 (i386)');
    expect(booted.join('\n')).toContain('counts calls=9 faults=0');
    await installed.type('help?#\r');
    await installed.waitFor(/^petri: unknown command: help\?#$/m);
    await installed.type('halt\x03');
    await installed.waitFor(/^petri# halt\^C\npetri#$/m);
    await installed.type('halt\r');
    expect(await installed.exit).toEqual({ code: 0, signal: null });
  });

  test('with the word console=vga the screen shows what the serial line says, and scrolls', async () => {
    const screen = await startOnScreen([], { append: 'console=vga', serial: true });
    await screen.waitFor(/^\[10\/10\] shell_prompt /m);
    await screen.type('flood 2048\r');
    const lines = await screen.waitFor(/^flood bytes=2048$/m);
    const last = lines.findIndex((line) => line.startsWith('000007c0 '));
    expect(lines[last - 1]).toMatch(/^00000780 /);
    expect(lines[0]).toMatch(/^0{5}[0-9a-f]{3} |^[^0]/);
    expect(lines.join('\n')).not.toContain('Petri guest');
  });

  test('without that word the screen stays as the firmware left it', async () => {
    const screen = await startOnScreen([], { serial: true });
    await setTimeout(500); // Nothing tells that a guest did not write; half a second is twice its boot.
    expect((await screen.read()).join('\n')).not.toContain('petri');
  });
});
