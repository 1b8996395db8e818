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

/** The app's resources with a plugin that stops QEMU at a call as soon as a file is there. */
function fragileResources(flag: string): string {
  const directory = join(place.path, 'resources');
  mkdirSync(directory);
  for (const name of readdirSync(RESOURCES)) if (name !== 'plugin') symlinkSync(join(RESOURCES, name), join(directory, name));
  cpSync(join(RESOURCES, 'plugin'), join(directory, 'plugin'), { recursive: true });
  const file = join(directory, 'plugin/calls.c');
  const text = readFileSync(file, 'utf8');
  const behind = '	struct call_record record;\n\n	trace_stamp(';
  expect(text).toContain(behind);
  const crash = `	extern int access(const char *, int);\n	extern void abort(void);\n	static int made;\n	if (++made == 3000 && access("${flag}", 0) == 0)\n		abort();\n`;
  writeFileSync(file, text.replace(behind, `	struct call_record record;\n${crash}	trace_stamp(`));
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

test.skipIf(!canWatch)('a plugin that crashes QEMU is named in its sample, and those before and after it stay good', async () => {
  const flag = join(place.path, 'crash');
  const { client } = await place.open({ resourcesDirectory: fragileResources(flag) });
  const guest = await addGuest(client);
  const { id } = await client.measurements.start({ kind: 'syscalls', subjects: [{ guest }], runs: 3, warmUps: 0, events: { load: 'calls 4000' } });
  await follow(client, id, (event) => {
    if (event.type !== 'sample') return;
    if (event.sample.index === 0) writeFileSync(flag, '');
    else rmSync(flag, { force: true });
  });
  const { run, samples } = await client.measurements.get({ id });
  expect(run).toMatchObject({ state: 'done', failure: null });
  const [before, crashed, after] = samples;
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
  expect(summariseRun(run, samples, []).subjects[0]?.events?.notes).toEqual([expect.stringMatching(/^sample 1: .*plugin.*PLUGIN_CRASHED/)]);
});
