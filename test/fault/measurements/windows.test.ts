// What ends a window before its time, or sets the clock in it: what was counted until then is kept, and marked.
import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Failure } from '../../../electron/contract/errors.ts';
import type { RunWithSamples, Sample } from '../../../electron/contract/measurements.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { watchForLeaks, type LeakWatch } from '../../support/leaks.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { addGuest, follow, measure } from '../../support/measuringLab.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { wordsOf } from '../../support/refusal.ts';
import { wrapQemu } from '../../support/wrappedQemu.ts';

const draw = drawNumbers('windows that end early');
const canWatch = canRun({ architecture: 'i386' }) && hasProgram('cc');

let place: LabPlace;
let leaks: LeakWatch;
let client: LabClient;
beforeAll(async () => {
  place = makeLabPlace();
  ({ client } = await place.open());
  leaks = watchForLeaks([place.runDirectory, join(place.dataDirectory, 'traces')]);
});
afterEach(() => {
  vi.restoreAllMocks();
  leaks.check();
});
afterAll(() => place.close());

async function measureLine(lab: LabClient, load: string, instrument: 'plugin' | 'eventLog' = 'plugin'): Promise<RunWithSamples> {
  const guest = await addGuest(lab);
  const measured = await measure(lab, { kind: 'syscalls', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load, instrument, metrics: ['systemCalls', 'pageFaults'] } });
  expect(measured.run).toMatchObject({ state: 'done', failure: null });
  return measured;
}

function failureIn(sample: Sample | undefined): Failure {
  const failure = sample?.metrics?.failures[0];
  if (failure === undefined) throw new Error('the sample says nothing');
  return failure;
}

describe.skipIf(!canWatch)('a guest that reboots in a window', () => {
  test.each(['plugin', 'eventLog'] as const)('ends it, since a measured machine boots once; %s keeps what was counted', async (instrument) => {
    const { samples: [sample] } = await measureLine(client, 'reboot', instrument);
    expect(sample).toMatchObject({ outcome: 'complete', failure: null, metrics: { failures: [{ code: 'GUEST_REBOOTED' }] } });
    expect(sample?.metrics?.readings.find(({ metric }) => metric === 'systemCalls')).toMatchObject({ certainty: 'measured', value: expect.any(Number) as number });
    expect(sample?.metrics?.evidence).toMatchObject([{ digest: expect.any(String) as string }]);
    expect(wordsOf(failureIn(sample)).fix).toContain('before the reboot is kept');
  });

  test('and is let go on by QEMU is seen all the same, and its second boot is not counted', async () => {
    const other = makeLabPlace();
    try {
      const lab = await other.open({ qemuSearchPath: wrapQemu(other.path, { extra: '-action reboot=reset' }) });
      const { samples: [sample] } = await measureLine(lab.client, 'reboot');
      expect(sample).toMatchObject({ outcome: 'complete', metrics: { failures: [{ code: 'GUEST_REBOOTED' }] } });
    } finally {
      await other.close();
    }
  });

  test('a guest that switches itself off in a window ends it as well', async () => {
    const { samples: [sample] } = await measureLine(client, 'halt');
    expect(sample).toMatchObject({ outcome: 'complete', metrics: { failures: [{ code: 'BOOT_ENDED', details: { missing: ['the end of the window'], exitCode: 0, signal: null } }] } });
  });
});

test.skipIf(!canWatch)('a QEMU that is killed in a window leaves its sample with what was written, and the run goes on', async () => {
  const guest = await addGuest(client);
  const machines = watchForLeaks([place.runDirectory]);
  const traces = join(place.dataDirectory, 'traces');
  const bytes = draw(200_000, 2_000_000);
  let kills = 0;
  // The trace grows in the window only.
  const watcher = watch(traces, () => {
    const size = readdirSync(traces).filter((name) => name.includes('-events')).reduce((sum, name) => sum + (statSync(join(traces, name), { throwIfNoEntry: false })?.size ?? 0), 0);
    if (size < bytes || kills++ > 0) return;
    for (const line of machines.list().processes) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
  });
  onTestFinished(() => watcher.close());
  const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest }], runs: 2, warmUps: 0, events: { load: 'calls 40000' } });
  await follow(client, id);
  const { run, samples: [killed, whole] } = await client.measurements.get({ id });
  expect(run).toMatchObject({ state: 'done', failure: null });
  expect(killed).toMatchObject({ outcome: 'complete', failure: null, metrics: { failures: [{ code: 'BOOT_ENDED', details: { signal: 'SIGKILL' } }] } });
  expect(killed?.metrics?.calls?.total ?? 0).toBeLessThan(40_000);
  expect(killed?.metrics?.evidence[0]?.bytes).toBeGreaterThanOrEqual(bytes);
  const { what, evidence } = wordsOf(failureIn(killed));
  expect(what).toContain('the end of the window');
  expect(evidence).toContain('ended by SIGKILL');
  expect(whole).toMatchObject({ metrics: { failures: [] } });
  expect(whole?.metrics?.calls?.rows.find(({ name }) => /times/i.test(name))?.count).toBe(40_000);
});

test.skipIf(!canWatch)('a clock that is set in a window spoils the stamps of its sample, and not the counts', async () => {
  const guest = await addGuest(client);
  const calls = draw(300, 900);
  const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest }], runs: 2, warmUps: 0, events: { load: `calls ${calls}` } });
  const real = Date.now.bind(Date);
  await follow(client, id, (event) => {
    if (event.type === 'sample') vi.restoreAllMocks();
    // The clock of the whole machine cannot be set for a test: this process reads one that is three seconds ahead from here on.
    if (event.type === 'phase' && event.index === 0 && event.stamp.name === 'shell_prompt') vi.spyOn(Date, 'now').mockImplementation(() => real() + 3_000);
  });
  const { run, samples: [stepped, next] } = await client.measurements.get({ id });
  expect(run).toMatchObject({ state: 'done', failure: null });
  expect(stepped).toMatchObject({ outcome: 'failed', failure: { code: 'CLOCK_STEPPED' }, metrics: { failures: [] } });
  expect(next).toMatchObject({ outcome: 'complete', failure: null });
  for (const sample of [stepped, next]) {
    const row = sample?.metrics?.calls?.rows.find(({ name }) => /times/i.test(name));
    expect(row).toMatchObject({ count: calls });
    expect(row?.latencyNs?.max).toBeLessThan(2e9);
  }
});
