import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CatalogEntry } from '../../../electron/contract/catalog.ts';
import type { Disk } from '../../../electron/contract/disks.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { Installation } from '../../../electron/contract/installations.ts';
import { draftForEntry } from '../../../electron/core/installations/draftForEntry.ts';
import { startLabProcess, type LabProcess } from '../../support/labProcess.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

/** Labs on one data directory, one after the other; what they leave is seen at the end. */
async function labs() {
  const path = scratch();
  const [dataDirectory, runDirectory] = [join(path, 'data'), join(path, 'run')];
  const leaks = watchForLeaks([runDirectory]);
  let lab: LabProcess = await startLabProcess({ dataDirectory, runDirectory });
  const call = <Answer>(procedure: string, input?: unknown): Promise<Answer> => lab.call(procedure, input) as Promise<Answer>;
  const kill = async (): Promise<void> => {
    await lab.kill();
    lab = await startLabProcess({ dataDirectory, runDirectory });
  };
  onTestFinished(async () => {
    await call('system.shutdown', { guests: 'kill' });
    await lab.kill();
    leaks.check();
  });
  const begin = async (name: string): Promise<Installation> => {
    const entry = (await call<CatalogEntry[]>('catalog.list')).find(({ id }) => id === 'builtin-installer');
    if (entry === undefined) throw new Error('no entry');
    return call('installations.begin', draftForEntry(entry, { name, accelerator: 'tcg' }));
  };
  const get = (id: string): Promise<Installation> => call('installations.get', { id });
  /** Asks again and again, because the process answers no subscription. */
  const until = async (id: string, wanted: (installation: Installation) => boolean): Promise<Installation> => {
    for (;;) {
      const found = await get(id);
      if (wanted(found)) return found;
      if (found.state === 'failed') throw new Error(JSON.stringify(found, null, 1));
    }
  };
  return { call, kill, begin, get, until };
}

/** Whether it has come to a step, or has ended. */
const at = (index: number) => ({ steps, state }: Installation): boolean => state !== 'running' || steps[index]?.state !== 'waiting';

describe.skipIf(!canRun({ architecture: 'i386' }))('A lab that is killed while it installs', { timeout: 180_000 }, () => {
  it('goes on at the step that was not done, however often it is killed, and makes nothing twice', async () => {
    const { call, kill, begin, until } = await labs();
    const { id } = await begin('Often killed');
    const seen: string[] = [];
    // While it makes the disk, boots the medium, plays each kind of step, and boots the disk.
    for (const index of [0, 2, 4, 5, 7, 9]) {
      const before = await until(id, at(index));
      if (before.state === 'done') break;
      await kill();
      const found = await call<Installation>('installations.get', { id });
      if (found.state === 'done') break;
      expect(found).toMatchObject({ state: 'interrupted', task: null });
      seen.push(found.steps.find(({ state }) => state !== 'done' && state !== 'skipped')?.id ?? 'none');
      await call('installations.resume', { id });
    }
    const done = await until(id, ({ state }) => state !== 'running');
    process.stdout.write(`killed in: ${seen.join(', ')}\n`);
    expect(done.state).toBe('done');
    expect(new Set(seen.map((step) => step.split(':')[0])).size).toBeGreaterThan(3);
    const guests = await call<Guest[]>('guests.list');
    const disks = await call<Disk[]>('disks.list');
    expect(guests).toMatchObject([{ definition: { id: done.guest, medium: null, bootFrom: 'disk' }, runtime: { state: 'running' } }]);
    expect(disks.map((disk) => disk.id)).toEqual([done.disk]);
    await call('guests.kill', { id: done.guest });
    expect(await call('disks.check', { id: done.disk })).toMatchObject({ clean: true });
  });

  it('cleans up by the next one, whatever was there', async () => {
    const { call, kill, begin, until } = await labs();
    for (const index of [0, 5]) {
      const { id } = await begin(`Abandoned at ${String(index)}`);
      await until(id, at(index));
      await kill();
      const found = await call<Installation>('installations.get', { id });
      if (found.state !== 'done') expect(await call('installations.cancel', { id })).toMatchObject({ state: 'cancelled' });
      expect(await call('guests.list')).toEqual([]);
      expect(await call('disks.list')).toEqual([]);
    }
  });
});
