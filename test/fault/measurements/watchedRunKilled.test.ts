// Kills the lab, or QEMU, at each step of a measurement with events: the next lab has what was acknowledged, resumes the same plan, and
// nothing is left. `npm run test:long` draws many more; the same seed draws the same.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Run, RunEvent } from '../../../electron/contract/measurements.ts';
import { drawNumbers, type Draw } from '../../support/drawnNumbers.ts';
import { makeFaultWorld, type FaultWorld } from '../../support/faultWorld/world.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';

const draw = drawNumbers('measurements with events that are killed');
const rounds = process.env['PETRI_LONG'] === undefined ? 1 : 15;
const RUNS = 2;

/** Where it happens, with all that was drawn for it. */
interface Step {
  readonly name: string;
  happen(world: FaultWorld, guest: string): Promise<void>;
}

function start(client: LabClient, guest: string, calls: number, seed: number): Promise<Run> {
  return client.measurements.start({ kind: 'syscalls', subjects: [{ guest }, { guest, extraArguments: 'delay=memory_init:20' }], runs: RUNS, warmUps: 0, control: false, seed, events: { load: `calls ${calls}` } });
}

/** Kills the lab so many milliseconds after an event of the run. */
function labKilledAt(step: string, isReached: (event: RunEvent) => boolean, delayMs: number, calls: number, seed: number): Step {
  return {
    name: `the lab is killed ${delayMs} ms after ${step}`,
    async happen(world, guest) {
      const { client } = await world.lab();
      const { id } = await start(client, guest, calls, seed);
      const kills: Promise<void>[] = [];
      await world.follow(id, (event) => {
        if (kills.length === 0 && isReached(event)) kills.push(pause(delayMs).then(() => world.killLab()));
      });
      if (kills.length === 0) throw new Error(`${step} never came`);
      await Promise.all(kills);
    },
  };
}

/** The answer may never come: then nobody knows of the run, and it may be there or not. */
function labKilledInPlanning(delayMs: number, seed: number): Step {
  return {
    name: `the lab is killed ${delayMs} ms after it was asked to plan`,
    async happen(world, guest) {
      const { client } = await world.lab();
      void start(client, guest, 500, seed).catch(() => undefined);
      await pause(delayMs);
      await world.killLab();
    },
  };
}

/** Kills the lab so many milliseconds after something could be seen of its files and machines, of which no event tells. */
function labKilledWhenSeen(step: string, calls: number, delayMs: number, seed: number, look: () => (world: FaultWorld) => boolean): Step {
  return {
    name: `the lab is killed ${delayMs} ms after ${step}`,
    async happen(world, guest) {
      const { client } = await world.lab();
      const isSeen = look();
      const { id } = await start(client, guest, calls, seed);
      const run = { over: false };
      const following = world.follow(id).then(() => {
        run.over = true;
      });
      while (!isSeen(world)) {
        if (run.over) throw new Error(`${step} was never seen`);
        await pause(2);
      }
      await pause(delayMs);
      await world.killLab();
      await following;
    },
  };
}

/** Traces of windows, as long as they stand in their place. */
function traceFiles({ place }: FaultWorld): string[] {
  const directory = join(place.data, 'traces');
  return readdirSync(directory).filter((name) => name.includes('-events')).map((name) => join(directory, name));
}

function traceBytes(world: FaultWorld): number {
  return traceFiles(world).reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** QEMU is gone and its trace is still there: it is being read, or moved among the blobs. */
function collected(): (world: FaultWorld) => boolean {
  let ran = false;
  return (world) => {
    const runs = world.measuredMachines().length > 0;
    ran ||= runs;
    return ran && !runs && traceFiles(world).length > 0;
  };
}

/** The trace has left its place: its blob is there, and the sample is stored next. */
function put(): (world: FaultWorld) => boolean {
  let was = false;
  return (world) => {
    const is = traceFiles(world).length > 0;
    const isOver = was && !is;
    was = is;
    return isOver;
  };
}

/** The run goes on behind a boot of which QEMU was killed, and the boot's sample says so. */
function machineKilledInWindow(bytes: number, seed: number): Step {
  return {
    name: `QEMU is killed in a window, of which ${bytes} bytes are written`,
    async happen(world, guest) {
      const { client } = await world.lab();
      const { id } = await start(client, guest, 30_000, seed);
      const following = world.follow(id);
      // The trace grows in the window only.
      while (traceBytes(world) < bytes) await pause(2);
      for (const pid of world.measuredMachines()) process.kill(pid, 'SIGKILL');
      await following;
      const { run, samples } = await client.measurements.get({ id });
      expect(run).toMatchObject({ state: 'done', failure: null });
      expect(samples.map(({ metrics }) => metrics?.failures.map(({ code }) => code))).toEqual([['BOOT_ENDED'], [], [], []]);
    },
  };
}

const isPhase = (index: number, name: string) => (event: RunEvent): boolean => event.type === 'phase' && event.index === index && event.stamp.name === name;
const isSample = (index: number) => (event: RunEvent): boolean => event.type === 'sample' && event.sample.index === index;

const kinds: readonly ((draw: Draw) => Step)[] = [
  (some) => labKilledInPlanning(some(0, 300), some(0, 999)),
  (some) => labKilledAt('the first phase of a boot', isPhase(1, 'multiboot_detected'), some(0, 100), 500, some(0, 999)),
  (some) => labKilledAt('the last phase, in the window', isPhase(some(0, 2), 'shell_prompt'), some(0, 800), 30_000, some(0, 999)),
  (some) => labKilledWhenSeen('QEMU had gone and its trace was to be read', 20_000, some(0, 200), some(0, 999), collected),
  (some) => labKilledWhenSeen('the trace had become a blob', 1_000, some(0, 5), some(0, 999), put),
  (some) => labKilledAt('a sample was told', isSample(some(0, 2)), some(0, 50), 500, some(0, 999)),
  (some) => machineKilledInWindow(some(100_000, 1_000_000), some(0, 999)),
];
const steps = Array.from({ length: rounds }, () => kinds.map((make) => make(draw))).flat().map((step) => [step.name, step] as const);

describe.skipIf(!canRun({ architecture: 'i386' }) || !hasProgram('cc'))('a measurement with events', () => {
  let world: FaultWorld;
  let guest: string;
  beforeAll(async () => {
    world = makeFaultWorld();
    const { client } = await world.lab();
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
    guest = definition.id;
    // The plugin is built now: afterwards planning takes as long as it usually does.
    await client.measurements.outlook({ guest });
  });
  afterAll(() => world.close());

  test.each(steps)('when %s, keeps what was told, is resumed to the same plan, and leaves nothing', async (_name, step) => {
    await step.happen(world, guest);
    await world.verify();
    const { client } = await world.lab();
    for (const { id } of await client.measurements.list()) {
      const { samples } = await client.measurements.get({ id });
      for (const { index, metrics } of samples) {
        const digest = metrics?.evidence[0]?.digest ?? null;
        expect(digest, `the trace of sample ${index}`).not.toBeNull();
        expect((await client.measurements.evidence({ run: id, index, offset: 0, limit: 1 })).digest).toBe(digest);
      }
    }
  });
});
