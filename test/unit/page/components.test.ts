// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { Check } from '@lucide/vue';
import { TooltipProvider } from 'reka-ui';
import { expect, test, vi } from 'vitest';
import { h, nextTick } from 'vue';
import DataTable from '../../../renderer/components/DataTable.vue';
import ErrorPanel from '../../../renderer/components/ErrorPanel.vue';
import IconButton from '../../../renderer/components/IconButton.vue';
import VerdictBadge from '../../../renderer/components/VerdictBadge.vue';
import { diagnosticsKey } from '../../../renderer/components/diagnostics.ts';
import type { Column } from '../../../renderer/components/dataTable.ts';
import { useAction } from '../../../renderer/components/useAction.ts';

test('an error panel says what, the evidence, the fix and the code, and offers the diagnostics', async () => {
  const show = vi.fn();
  const failure = { code: 'PORT_TAKEN', details: { address: '127.0.0.1', port: 80, owner: 'nginx' } } as const;
  const panel = mount(ErrorPanel, { props: { failure }, global: { provide: { [diagnosticsKey as symbol]: show } } });
  for (const words of ['Port 80 on 127.0.0.1 is in use.', 'owner: nginx', 'Choose another port, or 0 for any free one.', 'PORT_TAKEN']) expect(panel.text()).toContain(words);
  await panel.get('button').trigger('click');
  expect(show).toHaveBeenCalledExactlyOnceWith(failure);
});

test('an icon button is named by its label and answers a click', async () => {
  const click = vi.fn();
  const wrapper = mount({ render: () => h(TooltipProvider, () => h(IconButton, { icon: Check, label: 'Do it', onClick: click })) });
  const button = wrapper.get('button');
  expect(button.attributes('aria-label')).toBe('Do it');
  await button.trigger('click');
  expect(click).toHaveBeenCalledOnce();
});

test('a verdict has its word and an icon, so that its colour is not alone', () => {
  const badge = mount(VerdictBadge, { props: { verdict: 'NEEDS_VALIDATION' } });
  expect(badge.text()).toBe('Needs validation');
  expect(badge.find('svg').exists()).toBe(true);
});

test('a table sorts up, down and not at all, and says so', async () => {
  const columns: Column<{ name: string }>[] = [{ key: 'name', title: 'Name', text: ({ name }) => name, order: (one, other) => one.name.localeCompare(other.name) }];
  const table = mount(DataTable<{ name: string }>, { props: { caption: 'Names', columns, rows: [{ name: 'b' }, { name: 'a' }, { name: 'c' }], rowKey: ({ name }: { name: string }) => name } });
  const shown = (): string => table.findAll('td').map((cell) => cell.text()).join('');
  const orders: [string, string | undefined][] = [[shown(), table.get('th').attributes('aria-sort')]];
  for (let click = 0; click < 3; click += 1) {
    await table.get('th button').trigger('click');
    orders.push([shown(), table.get('th').attributes('aria-sort')]);
  }
  expect(orders).toEqual([['bac', undefined], ['abc', 'ascending'], ['cba', 'descending'], ['bac', undefined]]);
});

test('an action is busy while it lasts, is not started twice, and keeps its failure', async () => {
  let finish: (value: string) => void = () => undefined;
  const perform = vi.fn(() => new Promise<string>((resolve) => (finish = resolve)));
  const action = useAction(perform);
  const first = action.run();
  expect(await action.run()).toBeNull();
  expect(action.busy.value).toBe(true);
  finish('done');
  expect(await first).toBe('done');
  await nextTick();
  expect([action.busy.value, perform.mock.calls.length]).toEqual([false, 1]);
  const failing = useAction(() => Promise.reject(new Error('broken')));
  expect(await failing.run()).toBeNull();
  expect(failing.failure.value?.code).toBe('UNEXPECTED');
});
