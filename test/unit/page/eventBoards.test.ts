// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { describe, expect, test } from 'vitest';
import { h, nextTick, type Component } from 'vue';
import type { PhaseTable, Sample } from '../../../electron/contract/measurements.ts';
import type { CallTable, Distribution, Profile, ProfileNode } from '../../../electron/contract/metrics.ts';
import { mergeProfiles } from '../../../electron/core/measurements/mergeProfiles.ts';
import { formatAmount, formatCount, formatShare } from '../../../renderer/components/amounts.ts';
import ReadingBadge from '../../../renderer/features/instruments/ReadingBadge.vue';
import { explainReading, type ReadingOrigin } from '../../../renderer/features/instruments/readingWords.ts';
import CallsPanel from '../../../renderer/features/measurements/events/CallsPanel.vue';
import FlamePanel from '../../../renderer/features/measurements/events/FlamePanel.vue';
import LatencyHistogram from '../../../renderer/features/measurements/events/LatencyHistogram.vue';
import { boardsOf } from '../../../renderer/features/measurements/events/boards.ts';
import { callRows, callsOfProcess, processesOf } from '../../../renderer/features/measurements/events/callRows.ts';
import { stepFrom } from '../../../renderer/features/measurements/events/flameSteps.ts';
import { latencyBars, logMarks } from '../../../renderer/features/measurements/events/latencyBars.ts';
import { phaseMarks } from '../../../renderer/features/measurements/events/phaseMarks.ts';
import { flameLayout, symbolCosts } from '../../../renderer/features/measurements/events/zoomedFlame.ts';

const show = <Props extends object>(component: Component<Props>, props: Props): VueWrapper => mount({ render: () => h(TooltipProvider, () => h(component, props)) }, { attachTo: document.body });

const latency = (buckets: Distribution['buckets']): Distribution => {
  const count = buckets.reduce((sum, [, , times]) => sum + times, 0);
  return { count, min: buckets[0]?.[0] ?? 0, max: buckets.at(-1)?.[1] ?? 0, mean: 1_500, median: 1_200, p95: 2_000, p99: 9_000, error: 0.004, buckets };
};
const row = (process: string, name: string, count: number): CallTable['rows'][number] => ({ process, name, number: 1, group: 'PM', count, errors: 0, unreturned: 0, latencyNs: latency([[1_000, 1_008, count]]), latencyInstructions: null });
const calls: CallTable = { decoder: 'builtin', verified: 'counted', total: 100, entries: [{ entry: 'int 0x21', count: 100 }], rows: [row('shell', 'FORK', 10), row('init', 'FORK', 30), row('init', 'EXIT', 60)], unnamed: 0, roundTrips: null };

describe('amounts', () => {
  test('counts have their thousands apart, and a share never says all of what is less', () => {
    expect([formatCount(36_856_554), formatCount(999), formatCount(6.5), formatAmount(1_234, 'instructions')]).toEqual(['36,856,554', '999', '6.50', '1,234\u00a0instr.']);
    expect([formatShare(1), formatShare(0.99999), formatShare(0.5), formatShare(0)]).toEqual(['100.0\u00a0%', '99.999\u00a0%', '50.0\u00a0%', '0.0\u00a0%']);
  });
});

describe('a badge', () => {
  const origin: ReadingOrigin = { certainty: 'measured', unit: 'count', instrument: 'plugin', technique: 'plugin at each call', resolution: 1, overhead: 1.25, calibration: 'in', reason: null };

  test('says technique, resolution, overhead and calibration, and of what is unavailable only why', () => {
    for (const words of ['Measured by plugin', 'plugin at each call', 'resolution 1', '1.250 times as long', 'in calibration']) expect(explainReading(origin)).toContain(words);
    const none = explainReading({ ...origin, certainty: 'unavailable', reason: 'no compiler' });
    expect(none).toContain('no compiler');
    expect(none).not.toContain('resolution');
  });

  test('has a mark of its own, and words, when its instrument is out of calibration', () => {
    const good = show(ReadingBadge, { origin });
    const out = show(ReadingBadge, { origin: { ...origin, calibration: 'out' } });
    expect([good.find('svg').exists(), out.find('svg').exists()]).toEqual([false, true]);
    expect(out.get('button').attributes('aria-label')).toContain('OUT OF CALIBRATION');
    good.unmount();
    out.unmount();
  });
});

describe('latencies', () => {
  test('no value is lost between buckets and bars, whatever their number, and one value is one bar', () => {
    const spread = latency([[1_000, 1_008, 5], [1_008, 1_016, 7], [900_000, 901_000, 2]]);
    for (const most of [1, 7, 50]) expect(latencyBars(spread, most).reduce((sum, { count }) => sum + count, 0)).toBe(14);
    const single = latencyBars(latency([[0, 1, 3]]), 20);
    expect(single.filter(({ count }) => count > 0).map(({ count }) => count)).toEqual([3]);
    expect(latencyBars({ ...spread, buckets: [] }, 20)).toEqual([]);
  });

  test('the axis has powers of ten, and finer ones where those are few', () => {
    expect(logMarks(900, 60_000)).toEqual([1_000, 2_000, 5_000, 10_000, 20_000, 50_000]);
    expect(logMarks(1, 20_000_000)).toEqual([1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]);
  });

  test('the picture is told in words and the table has as many values', async () => {
    const histogram = mount(LatencyHistogram, { props: { title: 'Latency of FORK', distribution: latency([[1_000, 1_008, 5], [4_000, 4_032, 15]]), unit: 'ns' } });
    expect(histogram.get('svg').attributes('aria-label')).toContain('Latency of FORK: 20 values');
    await histogram.get('button').trigger('click');
    expect(histogram.findAll('tbody tr').map((line) => line.findAll('td')[2]?.text())).toEqual(['5', '15']);
  });
});

describe('system calls', () => {
  test('of one process have shares of its own calls', () => {
    expect(callRows(calls).map(({ name, count, share }) => [name, count, share])).toEqual([['EXIT', 60, 0.6], ['FORK', 40, 0.4]]);
    expect(callRows(callsOfProcess(calls, 'shell')).map(({ name, share }) => [name, share])).toEqual([['FORK', 1]]);
    expect(processesOf(calls)).toEqual([{ name: 'init', count: 90 }, { name: 'shell', count: 10 }]);
  });

  test('are filtered, chosen for their latencies, and said not to be verified where they are not', async () => {
    const panel = show(CallsPanel, { calls: { ...calls, verified: null }, samples: [0], label: 'Petri' });
    expect(panel.text()).toContain('Names not verified on a real boot');
    expect(panel.text()).toContain('Latency of EXIT');
    await panel.findAll('button.call')[1]?.trigger('click');
    expect(panel.text()).toContain('Latency of FORK');
    await panel.get('input[type=search]').setValue('exi');
    expect(panel.findAll('button.call').map((button) => button.text())).toEqual(['EXIT']);
    await panel.get('input[type=search]').setValue('nothing');
    expect(panel.text()).toContain('No call matches “nothing”.');
    panel.unmount();
  });
});

describe('a flame graph', () => {
  const node = (symbol: string, self: number, ...children: ProfileNode[]): ProfileNode => ({ symbol, self, total: self + children.reduce((sum, { total }) => sum + total, 0), children });
  const root = node('all', 0, node('main', 10, node('work', 50, node('main', 20)), node('idle', 20)));
  const profile: Profile = { root, everyInstructions: 1_000, unknown: 0 };

  test('children lie below their caller, side by side, and what is in focus fills the width below its callers', () => {
    expect(flameLayout(root).map(({ symbol, depth, from, width }) => [symbol, depth, from, width])).toEqual([['main', 0, 0, 1], ['work', 1, 0, 0.7], ['main', 2, 0, 0.2], ['idle', 1, 0.7, 0.2]]);
    expect(flameLayout(root, ['main', 'work']).map(({ symbol, depth, width }) => [symbol, depth, width])).toEqual([['main', 0, 1], ['work', 1, 1], ['main', 2, 20 / 70]]);
    expect(flameLayout(root, [], 0.3).map(({ symbol }) => symbol)).toEqual(['main', 'work']);
    expect(flameLayout(root, ['gone'])).toEqual([]);
  });

  test('a symbol that called itself is counted once, and several samples make one profile', () => {
    expect(symbolCosts(root)).toEqual([{ symbol: 'work', self: 50, total: 70 }, { symbol: 'main', self: 30, total: 100 }, { symbol: 'idle', self: 20, total: 20 }]);
    expect(mergeProfiles([profile, profile])?.root).toMatchObject({ total: 200, children: [{ symbol: 'main', self: 20, total: 200 }] });
    expect(mergeProfiles([profile, { ...profile, everyInstructions: 5 }])?.root.total).toBe(100);
    expect(mergeProfiles([])).toBeNull();
  });

  test('arrows lead to caller, callee and neighbours, and nowhere beyond', () => {
    const boxes = flameLayout(root);
    const from = (symbol: string, key: string): string | null => {
      const box = boxes.find((one) => one.symbol === symbol);
      return box === undefined ? 'missing' : (stepFrom(boxes, box, key)?.path.join('/') ?? null);
    };
    expect([from('main', 'ArrowDown'), from('work', 'ArrowRight'), from('idle', 'ArrowLeft'), from('idle', 'ArrowUp'), from('main', 'ArrowUp'), from('main', 'a')]).toEqual(['main/work', 'main/idle', 'main/work', 'main', null, null]);
  });

  test('is zoomed by keyboard and searched; the table has every symbol', async () => {
    const panel = show(FlamePanel, { profile, label: 'Petri' });
    const names = (): (string | undefined)[] => panel.findAll('g[role=button]').map((box) => box.attributes('aria-label')?.split(':')[0]);
    const svg = panel.get('svg[role=group]');
    await svg.trigger('keydown', { key: 'ArrowDown' });
    await svg.trigger('keydown', { key: 'Enter' });
    await nextTick();
    expect(names()).toEqual(['main', 'work', 'main']);
    await svg.trigger('keydown', { key: 'Escape' });
    await nextTick();
    expect(names()).toEqual(['main', 'work', 'main', 'idle']);
    await panel.get('input[type=search]').setValue('idl');
    expect(panel.findAll('g.found')).toHaveLength(1);
    expect(panel.findAll('tbody tr').map((line) => line.get('td').text())).toEqual(['idle']);
    panel.unmount();
  });
});

describe('the parts of a run', () => {
  const sample = { metrics: { calls, memory: null, profile: null, evidence: [] } } as unknown as Sample;
  const subjects = (count: number): never => Array.from({ length: count }) as never;

  test('begin with what its kind is about, and only what has something to show is there', () => {
    const names = (kind: 'boot' | 'syscalls', samples: readonly Sample[], sides = 1): string[] => boardsOf({ kind, subjects: subjects(sides) }, samples).map(({ value }) => value);
    expect(names('syscalls', [sample])).toEqual(['calls', 'readings', 'boot', 'origin']);
    expect(names('boot', [sample, sample], 2)).toEqual(['boot', 'calls', 'readings', 'comparison', 'diff', 'origin']);
    expect(names('syscalls', [])).toEqual(['readings', 'boot', 'origin']);
  });

  test('a phase has its symbol and its line, in times since the first of all', () => {
    const symbol = (atNs: number) => ({ symbol: 'kmain', atNs, instructions: 500, instrument: 'plugin' });
    const boot = (shift: number): Sample => ({ phases: [{ name: 'start', status: 'seen', atNs: shift + 100, byteOffset: 0, text: '' }, { name: 'kernel', status: 'unobservable', symbol: symbol(shift + 400) }] }) as unknown as Sample;
    const table = { phases: [{ name: 'start', title: 'Start' }, { name: 'kernel', title: 'Kernel', symbol: 'kmain' }, { name: 'end', title: 'End' }] } as unknown as PhaseTable;
    expect(phaseMarks([boot(0), boot(1_000), boot(7_000)], table).map(({ symbolNs, lineNs, instructions, symbol: name }) => [symbolNs, lineNs, instructions?.median ?? null, name])).toEqual([
      [null, 0, null, null], [300, null, 500, 'kmain'], [null, null, null, null],
    ]);
  });
});
