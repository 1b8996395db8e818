import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AcceleratorReport } from '../../../electron/contract/accelerators.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { hangingMonitor, installStandIn, type StandIn } from '../../support/standInQemu.ts';

// The limit is long enough for a real boot on a busy machine, and short enough for a test.
const LIMIT_SECONDS = 4;

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

/** Tries the accelerators of i386 with a stand-in as the only QEMU. */
async function tryStandIn(standIn: StandIn): Promise<{ chosen: string | null; reports: AcceleratorReport[] }> {
  const { client } = await place.open({ qemuSearchPath: installStandIn(place.path, standIn) });
  await client.settings.update({ acceleratorTimeLimitSeconds: LIMIT_SECONDS });
  const [choice] = await client.accelerators.test({ architecture: 'i386' });
  if (choice === undefined) throw new Error('no choice');
  place.leaks.check();
  return choice;
}

function tcgOf(reports: readonly AcceleratorReport[]): AcceleratorReport | undefined {
  return reports.find(({ accelerator }) => accelerator === 'tcg');
}

const real = '/usr/bin/qemu-system-i386';

test.each<[string, StandIn['run'], RegExp]>([
  ['hangs without a monitor, with a child', 'sleep 600 & sleep 600', /no prompt within 4000 ms/],
  ['ignores every polite signal', "trap '' TERM INT HUP; while :; do sleep 600; done", /no prompt within 4000 ms/],
  ['greets and then answers nothing', hangingMonitor, /no prompt within 4000 ms/],
  ['aborts', 'echo "qemu: assertion failed" >&2; kill -ABRT $$', /assertion failed/],
  ['refuses an option', 'echo "qemu: -accel tcg: invalid" >&2; exit 1', /ended with exit code 1[\s\S]*-accel tcg: invalid/],
  ['prints garbage and ends', 'head -c 100000 /dev/urandom; exit 0', /ended with exit code 0/],
  ['prints garbage without end', 'cat /dev/urandom | head -c 20000000; sleep 600', /no prompt within 4000 ms/],
  ['runs a guest that never comes to its prompt', `exec ${real} "$@" -append 'skip=shell_prompt'`, /no prompt within 4000 ms|QEMU/],
  ['dies in the middle of the boot', `${real} "$@" -append 'delay=memory_init:60000' & sleep 1; kill -KILL $!; wait $!`, /QEMU .*ended/],
])('a QEMU that %s loses within its limit and leaves nothing', async (_name, run, words) => {
  const { chosen, reports } = await tryStandIn({ run });
  const report = tcgOf(reports);
  expect(report?.verdict).toBe('broken');
  expect(report?.evidence.join('\n')).toMatch(words);
  expect(chosen).toBeNull();
});

test('one that is slower than TCG loses against it, with both times', async () => {
  // The stand-in takes whatever accelerator it is asked for, but is late with all but TCG.
  const run = `case "$*" in *'-accel hvf'*) late=1 ;; esac
for word in "$@"; do
  shift
  case "$word" in hvf) word=tcg ;; host) word=max ;; esac
  set -- "$@" "$word"
done
[ -n "$late" ] && sleep 1
exec ${real} "$@"`;
  const { chosen, reports } = await tryStandIn({ accelerators: ['tcg', 'hvf'], run });
  const hvf = reports.find(({ accelerator }) => accelerator === 'hvf');
  expect(hvf?.verdict).toBe('slow');
  expect(hvf?.bootNs).toBeGreaterThan(hvf?.tcgBootNs ?? 0);
  expect(hvf?.tcgBootNs).toBe(tcgOf(reports)?.bootNs);
  expect(chosen).toBe('tcg');
});

test('accelerators that QEMU does not list are absent, with the reason', async () => {
  const { reports } = await tryStandIn({ run: 'exit 1' });
  expect(reports.filter(({ verdict }) => verdict === 'absent').map(({ accelerator }) => accelerator)).toEqual(['kvm', 'hvf', 'whpx', 'nvmm']);
  expect(reports[1]?.evidence[0]).toContain('does not list hvf');
});

test('a QEMU that is too old proves nothing and says so', async () => {
  const { reports } = await tryStandIn({ version: 'QEMU emulator version 4.2.1', run: 'exit 1' });
  expect(reports.map(({ verdict }) => verdict)).toEqual(Array(5).fill('broken'));
  expect(reports[0]?.evidence.join()).toContain('too old');
});

test('without QEMU everything is absent, and no task is made of it', async () => {
  const { client } = await place.open({ qemuSearchPath: place.path });
  const choices = await client.accelerators.list();
  expect(choices.map(({ architecture, chosen }) => [architecture, chosen])).toEqual([['i386', null], ['x86_64', null], ['arm', null]]);
  expect(choices[2]?.reports[0]).toMatchObject({ verdict: 'absent', evidence: expect.arrayContaining(['qemu-system-arm is not installed.']) as unknown });
  expect(await client.tasks.list()).toEqual([]);
});

test('a guest is refused with the evidence when no accelerator works', async () => {
  const { client } = await place.open({ qemuSearchPath: installStandIn(place.path, { run: 'echo "no way" >&2; exit 1' }) });
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  await expect(client.guests.start({ id: definition.id })).rejects.toMatchObject({ code: 'ACCELERATOR_UNUSABLE', data: { accelerator: 'auto', evidence: expect.arrayContaining(['tcg: no way']) as unknown } });
  expect((await client.guests.get({ id: definition.id })).runtime).toEqual({ state: 'stopped', end: null });
  place.leaks.check();
});

test('a cancelled test ends at once and leaves nothing', async () => {
  const { client } = await place.open({ qemuSearchPath: installStandIn(place.path, { run: 'sleep 600 & sleep 600' }) });
  const result = client.accelerators.test({ architecture: 'i386' });
  const refused = expect(result).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect.poll(() => place.leaks.list().processes).not.toEqual([]);
  const [task] = await client.tasks.list();
  await client.tasks.cancel({ id: task?.id ?? '' });
  await refused;
  place.leaks.check();
});
