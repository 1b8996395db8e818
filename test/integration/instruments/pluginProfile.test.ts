import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProfileNode } from '../../../electron/contract/metrics.ts';
import { elfSymbols } from '../../../electron/core/symbols/elfSymbols.ts';
import { readElf } from '../../../electron/core/symbols/elfFile.ts';
import { profileTree } from '../../../electron/core/measurements/profileTree.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { BUILTIN, builtArchitecture, builtKernel, canRun, describeMachine, type GuestMachine, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { bootWatched, builtFor, pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('the profile of known functions');
const places = pluginPlaces();
/** No divisor of a turn's instructions, so that samples fall on all of its blocks. */
const EVERY = 9973;
const MACHINES = [
  { architecture: 'i386', compiler: 'gcc', turnInstructions: 5 },
  { architecture: 'arm', compiler: 'arm-none-eabi-gcc', turnInstructions: 7 },
] as const;

/** The profile of one load, and how many of the guest's instructions it had. */
async function profileOf(machine: GuestMachine, kernel: string, load: string) {
  const options = { events: ['profile', 'instructions', 'symbol'], profileEvery: EVERY, window: 'closed' } as const;
  const guest = await bootWatched(await builtFor(places, machine), { ...machine, kernel }, options, { load_begin: 'begin', load_end: 'stop' });
  await guest.run(load);
  const { events } = await guest.finish();
  const tree = profileTree(elfSymbols(readElf(kernel, readFileSync(kernel))), EVERY);
  for (const event of events) tree.take(event);
  const profile = tree.result();
  if (profile === null) throw new Error('no sample was written');
  return profile;
}

/** Samples in a function itself, whoever called it. */
function selfIn({ symbol, self, children }: ProfileNode, name: string): number {
  return (symbol === name ? self : 0) + children.reduce((sum, child) => sum + selfIn(child, name), 0);
}

/** The heaviest way to a function, from the outermost caller on. */
function wayTo(node: ProfileNode, name: string): string[] {
  if (node.symbol === name) return [name];
  const way = node.children.map((child) => wayTo(child, name)).find((found) => found.length > 0);
  return way === undefined ? [] : [node.symbol, ...way];
}

for (const { turnInstructions, compiler, ...machine } of MACHINES) {
  describe.skipIf(!canRun(machine) || !hasProgram('cc'))(`on ${describeMachine(machine)}`, () => {
    const turns = draw(2_000_000, 4_000_000);
    const stride = draw(1, 4096);

    test('the samples of a load lie in the function that does its work, one for so many instructions', async () => {
      const { root, unknown, everyInstructions } = await profileOf(machine, builtKernel(machine), `stride ${stride} ${turns}`);
      expect(everyInstructions).toBe(EVERY);
      const walking = selfIn(root, 'stride_walk');
      const expected = (turns * turnInstructions) / EVERY;
      expect(walking).toBeGreaterThan(0.98 * expected);
      expect(walking).toBeLessThan(1.02 * expected);
      expect(walking / root.total).toBeGreaterThan(0.9);
      expect(unknown).toBe(0);
    });

    test.skipIf(!hasProgram(compiler))('a guest that keeps frame pointers shows who called', async () => {
      const directory = scratch();
      const architecture = builtArchitecture(machine);
      execFileSync(join(BUILTIN, 'build.sh'), [directory, '-fno-omit-frame-pointer'], { env: { ...process.env, PETRI_ARCHITECTURES: architecture } });
      const { root } = await profileOf(machine, join(directory, `petri-${architecture}.elf`), `stride ${stride} ${turns}`);
      expect(wayTo(root, 'stride_walk')).toEqual(['all', 'client_program', 'load_run', 'load_stride', 'stride_walk']);
    });
  });
}
