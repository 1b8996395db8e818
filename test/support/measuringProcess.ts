// Run as a program: a lab that starts one measurement and prints each of its events as a line of JSON, to be killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRouterClient } from '@orpc/server';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { RunEvent } from '../../electron/contract/measurements.ts';
import { createLab } from '../../electron/lab/createLab.ts';

const root = join(import.meta.dirname, '../..');

async function measureInThisProcess(directory: string, runs: number): Promise<void> {
  const lab = await createLab({
    dataDirectory: join(directory, 'data'),
    runDirectory: join(directory, 'run'),
    resourcesDirectory: join(root, 'resources'),
    imagesDirectory: join(root, 'images'),
    build: 'test',
    version: '0.0.0',
    log: () => undefined,
    probeHost: false,
  });
  const client: LabClient = createRouterClient(lab.router);
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
  const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest: definition.id }, { guest: definition.id, extraArguments: 'delay=memory_init:20' }], runs, warmUps: 0, control: false, seed: 7 });
  for await (const event of await client.measurements.watch({ id })) process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Starts a measurement in another process and kills that process as soon as `when` is true; answers the events it saw. */
export async function killWhileMeasuring(directory: string, runs: number, when: (event: RunEvent, all: readonly RunEvent[]) => boolean): Promise<RunEvent[]> {
  const child = spawn(join(root, 'node_modules/.bin/node'), [import.meta.filename, directory, String(runs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const events: RunEvent[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as RunEvent;
    events.push(event);
    if (!when(event, events)) continue;
    child.kill('SIGKILL');
    break;
  }
  await gone;
  return events;
}

if (import.meta.main) await measureInThisProcess(process.argv[2] ?? '', Number(process.argv[3]));
