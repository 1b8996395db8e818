// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { expect, test, vi } from 'vitest';
import { h } from 'vue';
import QuantityValue from '../../../renderer/components/QuantityValue.vue';
import InstrumentList from '../../../renderer/features/instruments/InstrumentList.vue';
import { appWithLabInMemory } from '../../support/mountedStore.ts';

const overhead = { ratio: 1.012, low: 0.995, high: 1.03, boots: 10, measuredAt: '2026-03-02T09:30:00.000Z' };

test('instruments are listed with technique, resolution and why one is not available, and their overhead is measured on request', async () => {
  appWithLabInMemory();
  const list = mount({ render: () => h(TooltipProvider, () => h(InstrumentList)) });
  await vi.waitFor(() => expect(list.text()).toContain('stamped in QEMU'));
  for (const words of ['1.000\u00a0µs', 'not measured', 'no socket here']) expect(list.text()).toContain(words);
  await list.get('button:last-of-type').trigger('click');
  await vi.waitFor(() => expect(list.text()).toContain('1.012 times as long (interval 0.995 to 1.030, from 10 boots)'));
  list.unmount();
});

test('a measured number says what the measuring costs where that is known, and nothing where it is not', () => {
  const label = (cost: typeof overhead | null): string | undefined =>
    mount({ render: () => h(TooltipProvider, () => h(QuantityValue, { ns: 5e6, origin: 'measured', overhead: cost })) }).get('button').attributes('aria-label');
  expect(label(overhead)).toContain('measuring makes a boot 1.012 times as long');
  expect(label(null)).not.toContain('times as long');
});
