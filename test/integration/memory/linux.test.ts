import { describe, expect, it, type TestContext } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { MetricName } from '../../../electron/contract/metrics.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { wordsOf } from '../../support/refusal.ts';

const draw = drawNumbers('page faults of Linux');
const METRICS: MetricName[] = ['pageFaults', 'minorPageFaults', 'majorPageFaults', 'instructions'];

/** The packages may be out of reach: that is said, and is no fault of what is tested. */
async function fetchOrSkip(client: LabClient, context: TestContext): Promise<void> {
  const { task } = await client.catalog.fetch({ entry: 'linux-x86-64', image: 'kernel' });
  for await (const tasks of await client.tasks.watch()) {
    const found = tasks.find(({ id }) => id === task);
    if (found?.failure?.code === 'PACKAGES_UNAVAILABLE') {
      process.stderr.write(`SKIPPED: ${wordsOf(found.failure).evidence.join('; ')}\n`);
      context.skip('the packages cannot be had here');
    }
    if (found === undefined || found.endedAt === null) continue;
    expect(found).toMatchObject({ state: 'done', failure: null });
    return;
  }
}

/** Prints the kernel's own counters without a new process: they are Linux's second opinion. */
const COUNTERS = 'v(){ while read a b;do case $a in pgfau*|pgmaj*)echo $a=$b;esac;done</proc/vmstat;}';

function countersIn(text: string, name: string): [number, number] {
  const [first, second] = [...text.matchAll(new RegExp(`^${name}=(\\d+)`, 'gm'))].map(([, digits]) => Number(digits));
  if (first === undefined || second === undefined) throw new Error(`${name} is not twice in:\n${text.slice(-2_000)}`);
  return [first, second];
}

const hasAll = ['apt-get', 'dpkg-deb', 'cc'].every(hasProgram) && canRun({ architecture: 'x86_64' });

describe.skipIf(!hasAll)('a window of Linux', { timeout: 400_000 }, () => {
  it('has the page faults that the kernel counts in /proc/vmstat, tells copies on write, and advises on them', async (context) => {
    const { client, lab } = await openMeasuringLab();
    await fetchOrSkip(client, context);
    const { definition } = await client.guests.createFromCatalog({ entry: 'linux-x86-64' });
    await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
    const forks = draw(30, 60);
    const load = `${COUNTERS};v;i=0;while [ $i -lt ${forks} ];do /bin/busybox true;i=$((i+1));done;v`;
    const { run, samples } = await measure(client, { kind: 'memory', subjects: [{ guest: definition.id }], runs: 1, warmUps: 0, timeLimitSeconds: 240, events: { load, metrics: METRICS } });
    const [sample] = samples;
    expect(sample).toMatchObject({ outcome: 'complete', metrics: { failures: [] } });
    const text = Buffer.from(lab.consoles.read(`run/${run.id}/0/serial0`, 0, sample?.serialBytes ?? 0).bytes).toString('latin1');
    const [before, after] = countersIn(text, 'pgfault');
    const [majorBefore, majorAfter] = countersIn(text, 'pgmajfault');
    const faults = sample?.metrics?.memory?.faults;
    // Linux counts in handle_mm_fault (mm/memory.c). For each exec it calls that itself once, for the page with the arguments
    // (get_arg_page in fs/exec.c): no access failed then, so no instrument outside sees it. The shell has few faults around its two looks.
    const around = (faults?.total ?? NaN) - (after - before - forks);
    expect(around, `${String(faults?.total)} seen, ${after - before} by vmstat, ${forks} programs`).toBeGreaterThanOrEqual(0);
    // One program has some 65.
    expect(around).toBeLessThan(60);
    expect([faults?.major, faults?.minor]).toEqual([majorAfter - majorBefore, faults?.total]);
    expect((faults?.user ?? 0) + (faults?.kernel ?? 0)).toBe(faults?.total);
    expect(sample?.metrics?.memory?.recommendations).toMatchObject([{ rule: 'copyOnWrite', because: [expect.stringContaining(`of ${faults?.total.toLocaleString('en') ?? ''} page faults`)] }]);
  });
});
