import { expect, it } from 'vitest';
import { metricsText, type MetricsSubject } from '../../../electron/core/history/metricsText.ts';
import { readPrometheusText } from '../../support/prometheusText.ts';
import { readingAt } from './counters.ts';

const guest = (change: Partial<MetricsSubject> = {}): MetricsSubject => ({ subject: 'one', name: 'One', state: 'running', stale: false, counters: readingAt(10), ...change });
const host = guest({ subject: 'host', name: 'machine' });

it('the endpoint says what the host and each guest took, in seconds and bytes', () => {
  const samples = readPrometheusText(metricsText([host, guest()], '1.2.3'));
  expect(samples).toEqual(expect.arrayContaining([
    { name: 'petri_build_info', labels: { version: '1.2.3' }, value: 1 },
    { name: 'petri_host_cpu_seconds_total', labels: {}, value: 5 },
    { name: 'petri_guest_cpu_seconds_total', labels: { guest: 'one', name: 'One' }, value: 5 },
    { name: 'petri_guest_running', labels: { guest: 'one', name: 'One' }, value: 1 },
  ]));
});

it('names come out as they went in, whatever is in them', () => {
  const name = 'a "quoted" back\\slash\nand {a="b"} 日本';
  const samples = readPrometheusText(metricsText([guest({ name })], 'v'));
  expect(samples.find((sample) => sample.name === 'petri_guest_stale')?.labels['name']).toBe(name);
});

it('numbers that are not known or not fresh are left out, and the help of their family says when', () => {
  const text = metricsText([guest({ stale: true }), guest({ subject: 'two', counters: null })], 'v');
  expect(readPrometheusText(text).map(({ name }) => name)).toEqual(['petri_build_info', 'petri_guest_running', 'petri_guest_running', 'petri_guest_stale', 'petri_guest_stale']);
  expect(text).toMatch(/^# HELP petri_guest_exits_total .*Absent for a guest that QEMU translates/m);
});

it('the reader of these tests refuses what a collector would refuse', () => {
  for (const wrong of ['a 1', 'a 1\n', '# HELP a x\n# TYPE a gauge\na{b="c} 1\n', '# HELP a x\n# TYPE a counter\na 1\n', '# HELP a x\n# TYPE a gauge\na 1\na 1\n']) expect(() => readPrometheusText(wrong)).toThrow();
});
