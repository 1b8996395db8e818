import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { type GuestCounts, onlyCounts } from '../../support/guestCounts.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { bootGuest, builtKernel, type GuestMachine } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { ARCHITECTURES, describeMachines } from './machines.ts';

const draw = drawNumbers('the guest against its emulator');

/** How QEMU's log of exceptions shows each event. */
const SIGNS = {
  i386: { call: /v=23 /g, fault: /v=0e /g, entry: 'int23' },
  arm: { call: /^Taking exception 2 \[SVC\]/gm, fault: /^Taking exception 4 \[Data Abort\]/gm, entry: 'svc' },
} as const;

/** The guest's function that reads its counters. QEMU logs when it begins, so the log is cut exactly where a count was taken. */
const READING = 'snapshot_take';

interface Observation {
  /** What the first and the last command printed. */
  readonly first: GuestCounts;
  readonly last: GuestCounts;
  /** QEMU's log up to the first reading of the counters, from there to the last one, and behind it. */
  readonly before: string;
  readonly between: string;
}

/** Runs commands, of which the first and the last are `counts`, until the guest has switched itself off and the log is whole. */
async function observe(machine: GuestMachine, events: string, commands: readonly string[]): Promise<Observation> {
  const log = join(scratch(), 'emulator.log');
  const address = readSymbols(readFileSync(builtKernel(machine))).get(READING) ?? NaN;
  const guest = await bootGuest({ ...machine, extra: ['-d', `${events},exec,nochain`, '-dfilter', `0x${address.toString(16)}+1`, '-D', log] });
  const first = onlyCounts(await guest.run('counts'));
  for (const command of commands) await guest.run(command);
  const last = onlyCounts(await guest.run('counts'));
  guest.send('halt\r');
  await guest.exit;
  const [before = '', ...pieces] = readFileSync(log, 'latin1').split(new RegExp(`^Trace .* ${READING}$`, 'm'));
  return { first, last, before, between: pieces.slice(0, -1).join('') };
}

const occurrences = (text: string, sign: RegExp) => text.match(sign)?.length ?? 0;

describeMachines(ARCHITECTURES, (machine) => {
  const signs = machine.architecture === 'arm' ? SIGNS.arm : SIGNS.i386;

  test('the emulator saw exactly the calls and the faults that the handlers counted', async () => {
    const seen = await observe(machine, 'int', [`calls ${draw(100, 1000)} ${signs.entry}`, `faults ${draw(100, 1000)}`]);
    for (const [log, counts] of [[seen.before, seen.first], [seen.before + seen.between, seen.last]] as const) {
      expect(occurrences(log, signs.fault)).toBe(counts.faults);
      expect(occurrences(log, signs.call)).toBe(counts.entries[signs.entry]);
    }
    expect(seen.last.faults).toBeGreaterThanOrEqual(100);
    expect(seen.last.entries[signs.entry]).toBeGreaterThanOrEqual(100);
  });
});

describeMachines([{ architecture: 'i386' }], (machine) => {
  test('the emulator saw exactly the loads of CR3 that the guest counted', async () => {
    const seen = await observe(machine, 'mmu', [`switches ${draw(100, 1000)}`]);
    expect(seen.last.switches - seen.first.switches).toBeGreaterThanOrEqual(100);
    expect(occurrences(seen.between, /CR3 update/g)).toBe(seen.last.switches - seen.first.switches);
  });
});
