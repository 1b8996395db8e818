import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootGuest, builtKernel } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { ARCHITECTURES, describeMachines, MACHINES, phaseNames, phasesSeen } from './machines.ts';

describeMachines(MACHINES, (machine) => {
  test('it names itself, passes ten phases in order and prompts on an open line', async () => {
    const guest = await bootGuest(machine);
    const lines = guest.text().split('\r\n');
    expect(lines[0]).toBe(`Petri guest 1 (${machine.architecture === 'arm' ? 'arm' : 'i386'})`);
    expect(phasesSeen(guest.text())).toEqual(phaseNames(machine));
    expect(lines).toHaveLength(12);
    expect(lines[11]).toBe('petri# ');
  });

  test('each phase shows evidence, and every line ends with a carriage return and a newline', async () => {
    const guest = await bootGuest(machine);
    const lines = guest.text().split('\n').slice(1, -1);
    for (const line of lines) expect(line).toMatch(/^\[[ 1]\d\/10\] \w+ {2}\w+=\S+( \w+=\S+)*\r$/);
  });
});

describeMachines(ARCHITECTURES, (machine) => {
  test('words that it does not know are reported, a line for each, and ignored', async () => {
    const guest = await bootGuest({ ...machine, append: 'colour=red calls=many skip=lunch delay=kmain_phase:soon faults=2' });
    const unknown = [...guest.text().matchAll(/^petri: unknown word: (.*)\r$/gm)].map((line) => line[1]);
    expect(unknown).toEqual(['colour=red', 'calls=many', 'skip=lunch', 'delay=kmain_phase:soon']);
    expect(phasesSeen(guest.text())).toEqual(phaseNames(machine));
  });

  test('a file name with spaces and words is not taken for the command line', async () => {
    const directory = join(scratch(), 'skip=kmain_phase calls=5 dir');
    mkdirSync(directory);
    const kernel = join(directory, 'a guest.elf');
    copyFileSync(builtKernel(machine), kernel);
    const guest = await bootGuest({ ...machine, kernel, append: 'nonsense' });
    expect(phasesSeen(guest.text())).toEqual(phaseNames(machine));
    expect(guest.text().match(/unknown word/g)).toHaveLength(1);
  });
});
