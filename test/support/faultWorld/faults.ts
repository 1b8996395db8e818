import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Run, RunEvent } from '../../../electron/contract/measurements.ts';
import type { Draw } from '../drawnNumbers.ts';
import { wordsOf } from '../refusal.ts';
import { startShell } from './shell.ts';
import type { FaultWorld } from './world.ts';

/** Something that goes wrong; `name` says all that was drawn for it. */
export interface Fault {
  readonly name: string;
  happen(world: FaultWorld): Promise<void>;
}

const phases = ['multiboot_detected', 'kernel_starts', 'pre_init_phase', 'kmain_phase', 'cstart_phase', 'process_init', 'memory_init', 'system_init', 'scheduler_ready', 'shell_prompt'] as const;
const RUNS = 2;
const BOOTS = 2 * RUNS;

function drawPhase(draw: Draw): (typeof phases)[number] {
  return phases[draw(0, phases.length - 1)] ?? 'shell_prompt';
}

/** Two subjects, so that the order of the plan can be told. */
async function startRun(client: LabClient, guest: string, seed: number): Promise<Run> {
  return client.measurements.start({ kind: 'boot', subjects: [{ guest }, { guest, extraArguments: 'delay=memory_init:20' }], runs: RUNS, warmUps: 0, control: false, seed });
}

function never(message: string): never {
  throw new Error(message);
}

type Step = (event: RunEvent) => boolean;

/** Kills the lab so many milliseconds after a step of a measurement. */
function labKilledAt(step: string, isReached: Step, delayMs: number, seed: number): Fault {
  return {
    name: `the lab is killed ${delayMs} ms after ${step}`,
    async happen(world) {
      const { definition } = await world.idler();
      const { client } = await world.lab();
      const { id } = await startRun(client, definition.id, seed);
      const kills: Promise<void>[] = [];
      await world.follow(id, (event) => {
        if (kills.length === 0 && isReached(event)) kills.push(pause(delayMs).then(() => world.killLab()));
      });
      if (kills.length === 0) throw new Error(`${step} never came`);
      await Promise.all(kills);
    },
  };
}

const isBoot = (index: number): Step => (event) => event.type === 'boot' && event.index === index;
const isPhase = (index: number, name: string): Step => (event) => event.type === 'phase' && event.index === index && event.stamp.name === name;
const isSample = (index: number): Step => (event) => event.type === 'sample' && event.sample.index === index;

function labKilledWhileItEnds(delayMs: number, seed: number): Fault {
  return {
    name: `the lab is killed ${delayMs} ms after it was asked to end in the middle of a measurement`,
    async happen(world) {
      const { definition } = await world.idler();
      const { client } = await world.lab();
      const { id } = await startRun(client, definition.id, seed);
      const kills: Promise<void>[] = [];
      await world.follow(id, (event) => {
        if (!isPhase(1, 'cstart_phase')(event)) return;
        // The answer may never come.
        client.system.shutdown({ guests: 'leave' }).catch(() => undefined);
        kills.push(pause(delayMs).then(() => world.killLab()));
      });
      await Promise.all(kills);
    },
  };
}

/** Kills QEMU while it stays in a phase: the boot is kept as far as it came, and the run goes on. */
function machineKilledIn(phase: string, seed: number): Fault {
  const position = phases.indexOf(phase as (typeof phases)[number]);
  const before = phases[position - 1];
  return {
    name: `the measured QEMU is killed in ${phase}`,
    async happen(world) {
      const { definition } = await world.idler();
      const { client } = await world.lab();
      const subjects = [{ guest: definition.id, extraArguments: `delay=${phase}:60000` }, { guest: definition.id }];
      const run = await client.measurements.start({ kind: 'boot', subjects, runs: 1, warmUps: 0, control: false, seed });
      const slow = run.plan.order.findIndex(({ subject }) => subject === 'a');
      const isInPhase = before === undefined ? isBoot(slow) : isPhase(slow, before);
      await world.follow(run.id, (event) => {
        if (isInPhase(event)) void killMachine(world);
      });
      const { samples } = await client.measurements.get({ id: run.id });
      expect(samples.find(({ subject }) => subject === 'b')).toMatchObject({ outcome: 'complete', failure: null });
      const killed = samples.find(({ subject }) => subject === 'a');
      expect(killed?.failure).toMatchObject({ code: 'BOOT_ENDED', details: { signal: 'SIGKILL', missing: phases.slice(position) } });
      const { evidence, fix } = wordsOf(killed?.failure ?? never('the killed boot has no failure'));
      expect(evidence.join('\n')).toContain('ended by SIGKILL');
      expect(fix).toContain('kept');
      expect(killed?.phases.map(({ status }) => status)).toEqual(phases.map((_, at) => (at < position ? 'seen' : 'missing')));
    },
  };
}

/** A boot is told a moment before its QEMU is there; there is no event of a process that somebody else starts. */
async function killMachine(world: FaultWorld): Promise<void> {
  for (;;) {
    const [pid] = world.measuredMachines();
    if (pid !== undefined) return void process.kill(pid, 'SIGKILL');
    await pause(5);
  }
}

function idlerKilled(): Fault {
  return {
    name: 'the QEMU of a guest is killed',
    async happen(world) {
      const { definition, runtime } = await world.idler();
      const { client } = await world.lab();
      if (!('machine' in runtime)) throw new Error(`the guest is ${runtime.state}`);
      process.kill(runtime.machine.pid, 'SIGKILL');
      for await (const event of await client.guests.watch()) {
        const guests = event.type === 'snapshot' ? event.guests : event.type === 'changed' ? [event.guest] : [];
        if (guests.some((guest) => guest.definition.id === definition.id && guest.runtime.state === 'stopped')) break;
      }
      const now = (await client.guests.get({ id: definition.id })).runtime;
      if (now.state !== 'stopped') throw new Error(`the guest is ${now.state}`);
      expect(now.end?.how).toBe('crashed');
      const { code, evidence, fix } = wordsOf(now.end?.failure ?? never('the crash has no failure'));
      expect(code).toBe('GUEST_ENDED');
      expect(evidence.join('\n')).toMatch(/last line: [\s\S]*(was ended by SIGKILL|ended without an exit code)/);
      expect(fix).toContain('Start it again');
    },
  };
}

function labAndIdlerKilled(): Fault {
  return {
    name: 'the lab and the QEMU of its guest are killed together',
    async happen(world) {
      const { definition, runtime } = await world.idler();
      if (!('machine' in runtime)) throw new Error(`the guest is ${runtime.state}`);
      const killing = world.killLab();
      process.kill(runtime.machine.pid, 'SIGKILL');
      await killing;
      const { client, hello } = await world.lab();
      expect(hello.adopted).toEqual([]);
      const found = (await client.guests.get({ id: definition.id })).runtime;
      // A lab that lived a moment longer may have seen the crash itself.
      expect(found.state === 'stopped' ? found.end?.how : found.state).toMatch(/^(lost|crashed)$/);
    },
  };
}

/** What is measured belongs to the lab: without its shell it goes on to its end. */
function shellKilledAt(boot: number): Fault {
  return {
    name: `a shell is killed in boot ${boot} of its measurement`,
    async happen(world) {
      const { definition } = await world.idler();
      const { client } = await world.lab();
      const shell = startShell('measure', 'boot', definition.id, '--runs', '3', '--warm-ups', '0');
      await shell.until(new RegExp(`boot ${boot}/3`));
      await shell.kill();
      const [newest] = await client.measurements.list();
      if (newest === undefined) throw new Error('the shell started no run');
      await world.follow(newest.id);
      expect((await client.measurements.get({ id: newest.id })).run.state).toBe('done');
    },
  };
}

function shellsAtOnce(shells: number): Fault {
  return {
    name: `the lab is killed, and ${shells} shells start a lab at once`,
    async happen(world) {
      const { definition } = await world.idler();
      await world.killLab();
      const pids = await world.connectAtOnce(shells);
      expect(new Set(pids).size).toBe(1);
      const { hello } = await world.lab();
      expect(hello.pid).toBe(pids[0]);
      expect(hello.adopted).toEqual([definition.name]);
    },
  };
}

const kinds: readonly ((draw: Draw) => Fault)[] = [
  (draw) => labKilledAt('a run was planned', ({ type }) => type === 'snapshot', draw(0, 30), draw(0, 999)),
  (draw) => {
    const boot = draw(0, BOOTS - 1);
    return labKilledAt(`boot ${boot} began`, isBoot(boot), draw(0, 150), draw(0, 999));
  },
  (draw) => {
    const [boot, phase] = [draw(0, BOOTS - 1), drawPhase(draw)];
    return labKilledAt(`${phase} of boot ${boot}`, isPhase(boot, phase), draw(0, 10), draw(0, 999));
  },
  (draw) => {
    const boot = draw(0, BOOTS - 1);
    return labKilledAt(`the last phase of boot ${boot}, while its sample is being stored`, isPhase(boot, 'shell_prompt'), draw(0, 60), draw(0, 999));
  },
  (draw) => labKilledAt('the last sample was told', isSample(BOOTS - 1), draw(0, 20), draw(0, 999)),
  (draw) => labKilledWhileItEnds(draw(0, 60), draw(0, 999)),
  (draw) => machineKilledIn(drawPhase(draw), draw(0, 999)),
  idlerKilled,
  labAndIdlerKilled,
  (draw) => shellKilledAt(draw(1, 3)),
  (draw) => shellsAtOnce(draw(2, 3)),
];

/** Each kind of fault so many times, in a random order. */
export function drawFaults(draw: Draw, rounds: number): Fault[] {
  return Array.from({ length: rounds }, () => shuffled(kinds, draw).map((make) => make(draw))).flat();
}

function shuffled<Item>(items: readonly Item[], draw: Draw): Item[] {
  const left = [...items];
  return items.map(() => left.splice(draw(0, left.length - 1), 1)).flat();
}
