import { describe, expect, it } from 'vitest';
import { sample as sampleSchema, type Sample } from '../../../electron/contract/measurements.ts';
import type { Statistics } from '../../../electron/contract/summaries.ts';
import { bytesToText } from '../../../electron/core/measurements/serialText.ts';
import { summariseRun } from '../../../electron/core/measurements/summariseRun.ts';
import { addGuest, follow, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { canRun } from '../../support/qemuGuest.ts';

const seen = ({ phases }: Sample): number[] => phases.flatMap((stamp) => (stamp.status === 'seen' ? [stamp.atNs] : []));

/** How wide the interval of a median is in nanoseconds. */
function width(statistics: Statistics | null | undefined): number {
  return statistics?.interval ? statistics.interval.high - statistics.interval.low : Infinity;
}

describe.each([
  { entry: 'builtin-i386', machine: { architecture: 'i386' as const } },
  { entry: 'builtin-arm', machine: { architecture: 'arm' as const } },
])('ten boots of $entry', ({ entry, machine }) => {
  it.skipIf(!canRun(machine))('give ten stamped phases each, with their technique, serial bytes and command', async () => {
    const { lab, client, directory } = await openMeasuringLab();
    const guest = await addGuest(client, entry);
    const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`, `${directory}/data/consoles`]);
    const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest }], runs: 10, warmUps: 1 });
    expect(run).toMatchObject({ state: 'done', failure: null });
    expect(samples).toHaveLength(11);
    for (const sample of samples) {
      expect(() => sampleSchema.parse(sample)).not.toThrow();
      expect(sample).toMatchObject({ outcome: 'complete', failure: null, provenance: { instrument: 'serialTrace', resolutionNs: 1_000 } });
      expect(seen(sample)).toHaveLength(10);
      expect(seen(sample)).toEqual([...seen(sample)].sort((a, b) => a - b));
      expect(sample.argv.join(' ')).toContain('-trace');
      const bytes = lab.consoles.read(`run/${run.id}/${sample.index}/serial0`, 0, sample.serialBytes).bytes;
      for (const stamp of sample.phases) if (stamp.status === 'seen') expect(bytesToText(bytes).slice(stamp.byteOffset)).toMatch(new RegExp(`^${stamp.text.slice(0, 5).replace(/[[\]]/g, '\\$&')}`));
    }
    const [subject] = summariseRun(run, samples, []).subjects;
    expect(subject).toMatchObject({ complete: 10, boot: { count: 10 } });
    leaks.check();
  });
});

describe('a measured boot', () => {
  it('names the phase that was lengthened by 200 ms, within 10 ms', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    const compare = async () => {
      const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest }, { guest, extraArguments: 'delay=memory_init:200' }], runs: 8, warmUps: 1, control: false, seed: 1 });
      const { subjects, comparisons } = summariseRun(run, samples, []);
      const durations = run.phaseTable.phases.map(({ name }, at) => {
        const [a, b] = subjects.map(({ phases }) => phases[at]?.duration ?? null);
        return { name, moreNs: (b?.median ?? NaN) - (a?.median ?? NaN), uncertainNs: width(a) + width(b) };
      });
      return { durations, comparisons };
    };
    let compared = await compare();
    // On a machine that is busy with other things the interval says that 10 ms cannot be told; then it is measured again.
    for (let tries = 1; tries < 5 && (compared.durations[6]?.uncertainNs ?? 0) > 10e6; tries++) compared = await compare();
    const [longest] = compared.durations.toSorted((one, other) => other.moreNs - one.moreNs);
    expect(longest?.name).toBe('memory_init');
    expect(Math.abs((longest?.moreNs ?? 0) - 200e6)).toBeLessThan(10e6);
    expect(compared.comparisons.find(({ metric }) => metric === 'memory_init')?.conclusion).toBe('slower');
  });

  it('is told live: boot, ten phases, sample, in this order, also to one who comes late', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest }], runs: 2, warmUps: 0 });
    const late = Promise.withResolvers<string[]>();
    let phases = 0;
    const events = await follow(client, id, (event) => {
      if (event.type === 'phase' && ++phases === 4) void follow(client, id).then((all) => late.resolve(all.map(({ type }) => type)));
    });
    const boot = ['boot', ...Array<string>(10).fill('phase'), 'sample'];
    expect(events.map(({ type }) => type)).toEqual(['snapshot', ...boot, ...boot, 'run']);
    expect((await late.promise).slice(0, 13)).toEqual(['snapshot', ...boot]);
  });

  it('works with the socket instrument too', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    const { run, samples } = await measure(client, { kind: 'boot', subjects: [{ guest, extraArguments: 'delay=memory_init:200' }], runs: 3, warmUps: 0, instrument: 'serialSocket' });
    expect(run.plan.instrument).toBe('serialSocket');
    for (const sample of samples) expect(sample).toMatchObject({ outcome: 'complete', provenance: { instrument: 'serialSocket' } });
    const [subject] = summariseRun(run, samples, []).subjects;
    expect(Math.abs((subject?.phases[6]?.duration?.median ?? 0) - 200e6)).toBeLessThan(60e6);
  });
});
