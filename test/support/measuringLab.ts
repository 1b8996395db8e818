import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { onTestFinished } from 'vitest';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { Run, RunEvent, RunWithSamples, StartMeasurement } from '../../electron/contract/measurements.ts';
import { createLab, type Lab } from '../../electron/lab/createLab.ts';
import type { LogRecord } from '../../electron/lab/log.ts';
import { scratch } from './scratch.ts';

const root = join(import.meta.dirname, '..', '..');

export interface MeasuringLab {
  readonly lab: Lab;
  readonly client: LabClient;
  readonly directory: string;
  readonly records: LogRecord[];
}

/** A lab without doors in this process, closed when the test ends. */
export async function openMeasuringLab(options: { directory?: string; qemuSearchPath?: string; imagesDirectory?: string } = {}): Promise<MeasuringLab> {
  const directory = options.directory ?? scratch();
  const records: LogRecord[] = [];
  const lab = await createLab({
    dataDirectory: join(directory, 'data'),
    runDirectory: join(directory, 'run'),
    resourcesDirectory: join(root, 'resources'),
    imagesDirectory: options.imagesDirectory ?? join(root, 'images'),
    build: 'test',
    version: '0.0.0',
    log: (record) => void records.push(record),
    probeHost: false,
    ...(options.qemuSearchPath !== undefined && { qemuSearchPath: options.qemuSearchPath }),
  });
  onTestFinished(() => lab.dispose());
  return { lab, client: createRouterClient(lab.router), directory, records };
}

/** A guest from the catalog that is emulated, so that no accelerator has to be proven first. */
export async function addGuest(client: LabClient, entry = 'builtin-i386'): Promise<string> {
  const { definition } = await client.guests.createFromCatalog({ entry });
  await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
  return definition.id;
}

/** A guest with a kernel of its own. */
export async function addKernel(client: LabClient, path: string): Promise<string> {
  const id = await addGuest(client);
  await client.guests.update({ id, change: { boot: { kernel: { kind: 'file', path }, arguments: '', modules: [] } } });
  return id;
}

/** All events of a run from now to its end. */
export async function follow(client: LabClient, id: string, onEvent: (event: RunEvent) => void = () => undefined): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of await client.measurements.watch({ id })) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

/** Measures and waits for the end. */
export async function measure(client: LabClient, input: StartMeasurement): Promise<RunWithSamples> {
  const { id }: Run = await client.measurements.start(input);
  await follow(client, id);
  return client.measurements.get({ id });
}

/** Whether a path exists; says so loudly when it does not, because something will be skipped for it. */
export function hasFile(path: string): boolean {
  if (existsSync(path)) return true;
  process.stderr.write(`SKIPPED: ${path} does not exist\n`);
  return false;
}

