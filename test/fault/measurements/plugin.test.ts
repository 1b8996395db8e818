// A plugin that does not build, and one that takes QEMU with it.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { addGuest, follow, measure } from '../../support/measuringLab.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { refusal, wordsOf } from '../../support/refusal.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const canWatch = canRun({ architecture: 'i386' }) && hasProgram('cc');

let place: LabPlace;
beforeEach(() => void (place = makeLabPlace()));
afterEach(async () => {
  vi.unstubAllEnvs();
  await place.close();
});

/** A program called cc that comes before the real one and does what the script says. */
function installCompiler(script: string): void {
  const folder = join(place.path, 'compiler');
  mkdirSync(folder);
  writeFileSync(join(folder, 'cc'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
}

/** The app's resources with a plugin that, at a call, stops QEMU while one file is there, and writes nonsense while another is. */
function fragileResources(crash: string, nonsense: string): string {
  const directory = join(place.path, 'resources');
  mkdirSync(directory);
  for (const name of readdirSync(RESOURCES)) if (name !== 'plugin') symlinkSync(join(RESOURCES, name), join(directory, name));
  cpSync(join(RESOURCES, 'plugin'), join(directory, 'plugin'), { recursive: true });
  const file = join(directory, 'plugin/calls.c');
  const text = readFileSync(file, 'utf8');
  const before = '	record.record.detail = (uint32_t)vcpu->entry';
  expect(text.split(before)).toHaveLength(2);
  const trouble = `	extern int access(const char *, int);
	extern void abort(void);
	static int made;
	if (++made == 3000 && access("${crash}", 0) == 0)
		abort();
	if (made == 3000 && access("${nonsense}", 0) == 0)
		record.record.kind = 200;
`;
  writeFileSync(file, text.replace(before, trouble + before));
  return directory;
}

test.skipIf(!canWatch)('a plugin that does not build is refused with the compiler’s words, and the other instruments measure on', async () => {
  const { client } = await place.open();
  const guest = await addGuest(client);
  installCompiler('echo "plugin.c:7: the type of this moon is unknown" >&2; exit 3');
  const start = { kind: 'memory' as const, subjects: [{ guest }], runs: 1, warmUps: 0, events: { load: 'faults 200' } };
  const words = await refusal('PLUGIN_BUILD_FAILED', [place.runDirectory, join(place.dataDirectory, 'traces')], () => client.measurements.start({ ...start, events: { ...start.events, instrument: 'plugin' } }));
  expect(words.what).toContain('could not be built');
  expect(words.evidence.join('\n')).toContain('the type of this moon is unknown');
  expect(words.fix).toContain('C compiler');
  expect(await client.measurements.list()).toEqual([]);

  const { run, samples: [sample] } = await measure(client, { ...start, events: { ...start.events, metrics: ['pageFaults'] } });
  expect(run).toMatchObject({ state: 'done', plan: { events: { instrument: 'eventLog' } } });
  expect(sample?.metrics?.readings).toMatchObject([{ metric: 'pageFaults', certainty: 'measured', value: 200, instrument: 'eventLog' }]);
});

test.skipIf(!canWatch)('a plugin that crashes QEMU or writes nonsense is named in its sample, and those before and after it stay good', async () => {
  const [crash, nonsense] = [join(place.path, 'crash'), join(place.path, 'nonsense')];
  const { client } = await place.open({ resourcesDirectory: fragileResources(crash, nonsense) });
  const guest = await addGuest(client);
  const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest }], runs: 4, warmUps: 0, events: { load: 'calls 4000', metrics: ['systemCalls', 'ipcRoundTrips'] } });
  await follow(client, id, (event) => {
    if (event.type !== 'sample') return;
    for (const flag of [crash, nonsense]) rmSync(flag, { force: true });
    if (event.sample.index < 2) writeFileSync(event.sample.index === 0 ? crash : nonsense, '');
  });
  const { run, samples } = await client.measurements.get({ id });
  expect(run).toMatchObject({ state: 'done', failure: null });
  const [before, crashed, damaged, after] = samples;
  for (const good of [before, after]) {
    expect(good).toMatchObject({ outcome: 'complete', metrics: { failures: [], evidence: [{ cut: null }] } });
    expect(good?.metrics?.calls?.rows.find(({ name }) => /times/i.test(name))?.count).toBe(4_000);
  }
  expect(crashed).toMatchObject({ outcome: 'complete', failure: null, metrics: { failures: [{ code: 'PLUGIN_CRASHED', details: { signal: 'SIGABRT' } }] } });
  expect(crashed?.metrics?.calls?.total ?? 0).toBeLessThan(4_000);
  const failure = crashed?.metrics?.failures[0];
  if (failure === undefined) throw new Error('it says nothing');
  const { what, evidence, fix } = wordsOf(failure);
  expect(what).toContain('plugin');
  expect(evidence).toContain('ended by SIGABRT');
  expect(fix).toContain('is kept');
  expect(damaged).toMatchObject({ outcome: 'complete', metrics: { failures: [{ code: 'TRACE_DAMAGED' }], evidence: [{ cut: expect.stringContaining('damaged') as string }] } });
  expect(damaged?.metrics?.calls?.total).toBe(2_999);
  const [calls, roundTrips] = damaged?.metrics?.readings ?? [];
  expect(calls?.value).toBeGreaterThanOrEqual(4_000);
  expect(roundTrips).toMatchObject({ certainty: 'unavailable', value: null });
  expect(summariseRun(run, samples, []).subjects[0]?.events?.notes).toEqual([
    expect.stringMatching(/^sample 1: .*plugin.*PLUGIN_CRASHED/), expect.stringMatching(/^sample 2: the trace ends early/), expect.stringMatching(/^sample 2: .*TRACE_DAMAGED/),
  ]);
});
