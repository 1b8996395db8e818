import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addGuest, follow, openMeasuringLab } from '../../support/measuringLab.ts';
import { scratch } from '../../support/scratch.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A file system of its own in memory. */
function smallDisk(mebibytes: number): string {
  const path = scratch();
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  // Lazily, because the lab that lives on it is closed by a step that was registered after this one and may come later.
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
  return path;
}

describe.skipIf(!canMount)('a disk that becomes full in a measurement (skipped unless root on Linux: it needs a small file system)', () => {
  it('ends the run with DISK_FULL, keeps the samples so far, and the run goes on when there is room', async () => {
    const directory = smallDisk(24);
    const { client } = await openMeasuringLab({ directory });
    const guest = await addGuest(client);
    const ballast = join(directory, 'ballast');
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest }], runs: 4, warmUps: 0 });
    let finished = 0;
    await follow(client, id, (event) => {
      if (event.type === 'sample' && ++finished === 2) writeFileSync(ballast, Buffer.alloc(18 * 1024 * 1024));
    });
    const stopped = await client.measurements.get({ id });
    expect(stopped.run).toMatchObject({ state: 'failed', failure: { code: 'DISK_FULL' } });
    expect(stopped.samples.length).toBeGreaterThanOrEqual(2);
    expect(stopped.samples.length).toBeLessThan(4);

    rmSync(ballast);
    await client.measurements.resume({ id });
    await follow(client, id);
    const whole = await client.measurements.get({ id });
    expect(whole.run).toMatchObject({ state: 'done', failure: null });
    expect(whole.samples).toHaveLength(4);
    expect(whole.samples.slice(0, stopped.samples.length)).toEqual(stopped.samples);
  });
});
