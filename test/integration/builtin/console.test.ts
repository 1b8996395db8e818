import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { bootGuest } from '../../support/qemuGuest.ts';
import { ARCHITECTURES, describeMachines, MACHINES } from './machines.ts';

const draw = drawNumbers('console of the built-in guest');

/** The pattern of `flood`, written down a second time: 64 bytes a line, each with its offset. */
function floodPattern(length: number): string {
  let text = '';
  for (let offset = 0; offset < length; offset += 64) {
    const body = Array.from({ length: 53 }, (_, at) => String.fromCharCode(33 + (((offset / 64) * 7 + at + 9) % 94)));
    text += `${offset.toString(16).padStart(8, '0')} ${body.join('')}\r\n`;
  }
  return text.slice(0, length);
}

/** A nanosecond an instruction: a host that lets the guest wait takes no time from it. */
const INSTRUCTION_CLOCK = ['-icount', 'shift=0'];

describeMachines(MACHINES, (machine) => {
  test('halt switches the machine off, and the emulator ends with status 0', async () => {
    const guest = await bootGuest(machine);
    guest.send('halt\r');
    expect(await guest.exit).toEqual({ code: 0, signal: null });
  });

  test('idle, it takes no ticks', async () => {
    const guest = await bootGuest({ ...machine, extra: INSTRUCTION_CLOCK });
    const before = onlyCounts(await guest.run('counts'));
    await setTimeout(500); // The idle time is what is tested; at 100 ticks a second it would be 50 of them.
    const after = onlyCounts(await guest.run('counts'));
    expect(after.ticks - before.ticks).toBe(0);
  });

  test('a load after idling is ticked a hundred times a second', async () => {
    const guest = await bootGuest({ ...machine, extra: INSTRUCTION_CLOCK });
    const counts = onlyCounts(await guest.run('stride 64 20000000'));
    // 4 to 8 instructions a turn are 80 to 160 ms.
    expect(counts.ticks).toBeGreaterThanOrEqual(8);
    expect(counts.ticks).toBeLessThanOrEqual(16);
  });
});

describeMachines(ARCHITECTURES, (machine) => {
  test('every byte of a flood arrives and is the right one', async () => {
    const guest = await bootGuest(machine);
    const length = draw(30_000, 60_000);
    const output = await guest.run(`flood ${length}`);
    expect(output.slice(0, length)).toBe(floodPattern(length));
    expect(output.slice(length)).toMatch(new RegExp(`^\r\nflood bytes=${length}\r\ncounts `));
  });

  test('the line editor echoes, rubs out, forgets a line, and takes both kinds of line end', async () => {
    const guest = await bootGuest(machine);
    guest.send('xy\b\x7fcalls 1\b2\n');
    await guest.waitFor(/counts calls=2 [^]*petri# $/);
    guest.send('garbage\x15calls 3\r\n');
    await guest.waitFor(/counts calls=3 [^]*petri# $/);
    guest.send('calls 4\x03');
    await guest.waitFor(/calls 4\^C\r\npetri# $/);
    expect(guest.text()).not.toContain('unknown');
    expect(guest.text()).not.toContain('counts calls=4');
  });

  test('what is typed ahead waits its turn and costs the running load nothing', async () => {
    const guest = await bootGuest(machine);
    const lines = Array.from({ length: 40 }, (_, at) => `calls ${100 + at}\r\n`);
    guest.send(lines.join(''));
    await guest.waitFor(/counts calls=139 [^]*petri# $/);
    const counted = [...guest.text().matchAll(/^counts calls=(\d+) faults=0 switches=0 ipc=0 /gm)].map((line) => Number(line[1]));
    expect(counted).toEqual(lines.map((_, at) => 100 + at));
  });

  test.each(['calls', 'faults', 'switches', 'ipc', 'stride 64', 'flood'])('Ctrl-C ends a long %s, and the counts say how far it came', async (command) => {
    const guest = await bootGuest(machine);
    guest.send(`${command} 4000000000\r`);
    await guest.waitFor(/4000000000\r\n/);
    guest.send('\x03');
    const [, done] = await guest.waitFor(/cancelled after (\d+) of 4000000000\r\n/);
    await guest.waitFor(/^counts .*since=load\r\n(petri# )$/m);
    expect(Number(done)).toBeLessThan(4_000_000_000);
    expect(onlyCounts(await guest.run('calls 7')).calls).toBe(7);
  });

  test('ps lists the processes with what they did', async () => {
    const guest = await bootGuest(machine);
    await guest.run('switches 500');
    const rows = [...(await guest.run('ps')).matchAll(/^ *(\d+) +(\w+) +(\w+) +(\d+) +(\d+)\r$/gm)];
    const byName = new Map(rows.map(([, number, name, state, , switches]) => [name, { number: Number(number), state, switches: Number(switches) }]));
    expect([...byName.keys()]).toEqual(['partner', 'server', 'init', 'client', 'shell']);
    expect(byName.get('init')).toMatchObject({ number: 11, state: 'receiving' });
    expect(byName.get('shell')?.state).toBe('ready');
    expect(byName.get('partner')?.switches).toBeGreaterThanOrEqual(250);
  });

  test('help names every command, and a wrong line says how it should be', async () => {
    const guest = await bootGuest(machine);
    const help = await guest.run('help');
    for (const name of ['help', 'ps', 'calls', 'faults', 'switches', 'ipc', 'stride', 'instructions', 'flood', 'counts', 'disk', 'install', 'reboot', 'halt']) expect(help).toMatch(new RegExp(`^${name} `, 'm'));
    expect(await guest.run('calls')).toBe('usage: calls N [ENTRY]\r\n');
    expect(await guest.run('calls 5 teleport')).toBe('usage: calls N [ENTRY]\r\n');
    expect(await guest.run('calls 5000000000')).toBe('usage: calls N [ENTRY]\r\n');
    expect(await guest.run('dance')).toBe('petri: unknown command: dance\r\n');
    expect(await guest.run('  ')).toBe('');
  });
});
