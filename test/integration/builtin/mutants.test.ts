import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { bootGuest, BUILTIN, builtArchitecture, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { ARCHITECTURES, describeMachines } from './machines.ts';

const draw = drawNumbers('mutants of the built-in guest');
const COMPILERS = { i386: 'gcc', arm: 'arm-none-eabi-gcc' } as const;
const MUTANTS = [
  { define: 'MUTANT_DROP_CALL', command: 'calls', counter: 'calls' },
  { define: 'MUTANT_DROP_FAULT', command: 'faults', counter: 'faults' },
  { define: 'MUTANT_DROP_SWITCH', command: 'switches', counter: 'switches' },
] as const;

describeMachines(ARCHITECTURES, (machine) => {
  const architecture = builtArchitecture(machine);

  test.skipIf(!hasProgram(COMPILERS[architecture])).each(MUTANTS)('a guest whose handler drops one of the $counter is caught', async ({ define, command, counter }) => {
    const directory = scratch();
    execFileSync(join(BUILTIN, 'build.sh'), [directory, `-D${define}`], { env: { ...process.env, PETRI_ARCHITECTURES: architecture } });
    const guest = await bootGuest({ ...machine, kernel: join(directory, `petri-${architecture}.elf`) });
    const amount = draw(2000, 5000); // The thousandth event is dropped, so it falls into this load.
    const counts = onlyCounts(await guest.run(`${command} ${amount}`));
    expect(counts[counter]).toBe(amount - 1);
  });

  test.skipIf(!hasProgram(COMPILERS[architecture]))('a guest whose handler drops one of the protection faults is caught', async () => {
    const directory = scratch();
    execFileSync(join(BUILTIN, 'build.sh'), [directory, '-DMUTANT_DROP_PROTECTION'], { env: { ...process.env, PETRI_ARCHITECTURES: architecture } });
    const guest = await bootGuest({ ...machine, kernel: join(directory, `petri-${architecture}.elf`) });
    const amount = draw(2000, 5000);
    expect(await guest.run(`faults ${amount} protection`)).toContain(`kinds read=${amount} write=${amount} execute=0 protection=${amount - 1}\r\n`);
  });
});
