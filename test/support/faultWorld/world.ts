import { expect, vi } from 'vitest';
import { connectLab, type Connection } from '../../../electron/client/connectLab.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { RunEvent, RunWithSamples, Sample } from '../../../electron/contract/measurements.ts';
import { wordsOf } from '../refusal.ts';
import { makeFaultPlace, type FaultPlace } from './place.ts';

/** Long enough for a busy machine; an orphan stays for ever. */
const TIDY_LIMIT_MS = 30_000;

/** Labs, shells and machines of which some are killed, and a memory of everything that the labs acknowledged. */
export interface FaultWorld {
  readonly place: FaultPlace;
  /** The line to the lab that lives now; a lab is started when none does. */
  lab(): Promise<Connection>;
  /** A guest that idles through all faults, at its prompt; it is started when it does not run. */
  idler(): Promise<Guest>;
  /** Ends the lab with SIGKILL and waits until its line is gone. */
  killLab(): Promise<void>;
  /** So many shells want a lab at the same time; their lines are closed again. Answers the labs' process ids. */
  connectAtOnce(shells: number): Promise<number[]>;
  /** The events of a run until it ends or its lab does. Each sample that is told is remembered as acknowledged. */
  follow(run: string, onEvent?: (event: RunEvent) => void): Promise<RunEvent[]>;
  /** Process ids of the machines that are being measured. */
  measuredMachines(): number[];
  /**
   * Finds or starts a lab and sees that nothing was lost: each acknowledged sample with its serial bytes, and each run
   * done, or interrupted and then resumed to its end in its order; and that nothing is left: no process, socket, lock
   * or temporary file but those of the lab and of the guest that idles.
   */
  verify(): Promise<void>;
  close(): Promise<void>;
}

export function makeFaultWorld(): FaultWorld {
  const place = makeFaultPlace();
  const acknowledged = new Map<string, Map<number, Sample>>();
  let line: Connection | null = null;
  let idling: string | null = null;

  const connect = (): Promise<Connection> => connectLab({ dataDirectory: place.data, shell: 'test', build: 'development', start: true });
  const lab = async (): Promise<Connection> => {
    if (line !== null) return line;
    line = await connect();
    // Accelerators are proven once for each data directory; the machines of that are not what is killed here.
    await line.client.accelerators.list();
    return line;
  };
  const remember = (run: string, ...samples: Sample[]): void => {
    const known = acknowledged.get(run) ?? new Map<number, Sample>();
    acknowledged.set(run, known);
    for (const sample of samples) known.set(sample.index, sample);
  };
  const follow = async (run: string, onEvent: (event: RunEvent) => void = () => undefined): Promise<RunEvent[]> => {
    const { client, closed } = await lab();
    const events: RunEvent[] = [];
    remember(run);
    try {
      for await (const event of await client.measurements.watch({ id: run })) {
        if (event.type === 'snapshot') remember(run, ...event.samples);
        if (event.type === 'sample') remember(run, event.sample);
        events.push(event);
        onEvent(event);
      }
    } catch {
      // The line is gone with the lab. If it is not, this never resolves, and the test says so by its limit.
      await closed;
    }
    return events;
  };

  return {
    place,
    lab,
    follow,
    async idler() {
      const { client } = await lab();
      if (idling === null) {
        const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
        await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
        idling = definition.id;
      }
      const guest = await client.guests.get({ id: idling });
      return guest.runtime.state === 'stopped' ? startToPrompt(await lab(), idling) : guest;
    },
    async killLab() {
      const { hello, closed } = await lab();
      line = null;
      killIfThere(hello.pid);
      await closed;
    },
    async connectAtOnce(shells) {
      const lines = await Promise.all(Array.from({ length: shells }, connect));
      await Promise.all(lines.map((opened) => opened.close()));
      return lines.map(({ hello }) => hello.pid);
    },
    measuredMachines: () => place.processes().filter(({ command }) => /\/m[0-9a-f]{10}\/qmp/.test(command)).map(({ pid }) => pid),
    async verify() {
      const opened = await lab();
      // Before anything is resumed, which would use and tidy up what was left.
      await expectTidy(place, opened, idling);
      const runs = (await opened.client.measurements.list()).map(({ id }) => id);
      expect(runs).toEqual(expect.arrayContaining([...acknowledged.keys()]));
      for (const id of runs) await verifyRun(opened, id, [...(acknowledged.get(id)?.values() ?? [])], follow);
      await expectTidy(place, opened, idling);
    },
    async close() {
      try {
        const { client, closed } = await lab();
        await client.system.shutdown({ guests: 'kill' });
        await closed;
        // The line is closed a moment before the process is gone.
        await vi.waitFor(() => expect(place.processes()).toEqual([]), TIDY_LIMIT_MS);
      } finally {
        place.close();
      }
    },
  };
}

/** A lab that was asked to end may be faster than its killer. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function verifyRun({ client }: Connection, id: string, acknowledged: readonly Sample[], follow: FaultWorld['follow']): Promise<void> {
  const found = await client.measurements.get({ id });
  const { order } = found.run.plan;
  expect(found.samples).toEqual(expect.arrayContaining([...acknowledged]));
  // They are done one after the other, so what is there is a beginning of the plan.
  expect(found.samples.map(({ subject, warmUp }) => ({ subject, warmUp }))).toEqual(order.slice(0, found.samples.length));
  if (found.samples.length < order.length) await resume(client, found, follow);
  const { run, samples } = await client.measurements.get({ id });
  expect(run).toMatchObject({ state: 'done', failure: null, plan: found.run.plan });
  expect(samples.map(({ subject, warmUp }) => ({ subject, warmUp }))).toEqual(order);
  expect(samples.slice(0, found.samples.length)).toEqual(found.samples);
  // A machine that was killed before its first byte has nothing to read.
  for (const { index, serialBytes } of samples.filter(({ serialDigest }) => serialDigest !== null)) {
    expect(await client.consoles.get({ id: `run/${id}/${index}/serial0` })).toMatchObject({ first: 0, end: serialBytes });
  }
}

async function resume(client: Connection['client'], { run, samples }: RunWithSamples, follow: FaultWorld['follow']): Promise<void> {
  expect(run).toMatchObject({ state: 'interrupted', failure: { code: 'RUN_INTERRUPTED', details: { run: run.id } } });
  if (run.failure === null) return;
  const { evidence, fix } = wordsOf(run.failure);
  expect(evidence).toEqual([`${samples.length} of ${run.plan.order.length} boots are kept`]);
  expect(fix).toContain('Resume the run');
  await client.measurements.resume({ id: run.id });
  await follow(run.id);
}

async function expectTidy(place: FaultPlace, { client, hello }: Connection, idling: string | null): Promise<void> {
  const runtime = idling === null ? null : (await client.guests.get({ id: idling })).runtime;
  const guest = runtime !== null && 'machine' in runtime ? { pid: runtime.machine.pid, directory: directoryOf(runtime.machine.argv) } : null;
  await vi.waitFor(() => expect(place.leftovers({ lab: hello.pid, guest })).toEqual([]), TIDY_LIMIT_MS);
}

/** A machine's files lie beside its monitor's socket. */
function directoryOf(argv: readonly string[]): string {
  const directory = /path=([^,]*)\/qmp/.exec(argv.join(' '))?.[1];
  if (directory === undefined) throw new Error(`no monitor in ${argv.join(' ')}`);
  return directory;
}

/** Starts a guest and waits for its prompt: what is typed before it has a serial port is lost, as on a real one. */
async function startToPrompt({ client, openConsole }: Connection, id: string): Promise<Guest> {
  const console = `guest/${id}/serial0`;
  const known = (await client.consoles.list()).find((state) => state.id === console);
  const guest = await client.guests.start({ id });
  const stream = await openConsole(console, known?.end ?? 0);
  let text = '';
  for await (const { bytes } of stream) {
    text += Buffer.from(bytes).toString('latin1');
    if (text.endsWith('petri# ')) break;
  }
  stream.close();
  return guest;
}
