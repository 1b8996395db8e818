import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { bootGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { ARCHITECTURES, describeMachines } from './machines.ts';

const draw = drawNumbers('the guest against its emulator');

/** How QEMU's log of exceptions and translations shows each event. */
const SIGNS = {
  i386: { call: /v=23 /g, fault: /v=0e /g, load: (amount: number) => `calls ${amount} int23` },
  arm: { call: /^Taking exception 2 \[SVC\]/gm, fault: /^Taking exception 4 \[Data Abort\]/gm, load: (amount: number) => `calls ${amount} svc` },
} as const;

describeMachines(ARCHITECTURES, (machine) => {
  const signs = machine.architecture === 'arm' ? SIGNS.arm : SIGNS.i386;

  test('the emulator saw exactly the calls and the faults that the handlers counted', async () => {
    const log = join(scratch(), 'exceptions.log');
    const guest = await bootGuest({ ...machine, extra: ['-d', 'int', '-D', log] });
    await guest.run(signs.load(draw(100, 1000)));
    await guest.run(`faults ${draw(100, 1000)}`);
    const counts = onlyCounts(await guest.run('counts'));
    await guest.kill();
    const seen = readFileSync(log, 'utf8');
    expect(seen.match(signs.fault)).toHaveLength(counts.faults);
    const calls = seen.match(signs.call)?.length ?? 0;
    // int 0x23 is used by loads alone; by SVC also the lines are printed that follow the reading of the counters.
    if (machine.architecture === 'i386') expect(calls).toBe(counts.entries['int23']);
    else expect(calls - (counts.entries['svc'] ?? 0)).toBeLessThan(30);
    expect(calls).toBeGreaterThanOrEqual(counts.entries[machine.architecture === 'arm' ? 'svc' : 'int23'] ?? NaN);
  });
});

describeMachines([{ architecture: 'i386' }], (machine) => {
  test('the emulator saw exactly the loads of CR3 that the guest counted', async () => {
    const log = join(scratch(), 'translations.log');
    const guest = await bootGuest({ ...machine, extra: ['-d', 'mmu', '-D', log] });
    const amount = draw(100, 1000);
    const logged = () => readFileSync(log, 'utf8').match(/CR3 update/g)?.length ?? 0;
    const first = onlyCounts(await guest.run('counts')).switches;
    const firstSeen = logged();
    await guest.run(`switches ${amount}`);
    const last = onlyCounts(await guest.run('counts')).switches;
    // Between the same two moments of two equal commands: what is printed after the reading cancels out.
    expect(logged() - firstSeen).toBe(last - first);
  });
});
