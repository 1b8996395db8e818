// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { expect, test, vi } from 'vitest';
import { effectScope, h } from 'vue';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import TrashList from '../../../renderer/components/TrashList.vue';
import { useGuests } from '../../../renderer/stores/guests.ts';
import { useTrash } from '../../../renderer/stores/trash.ts';
import { useLab } from '../../../renderer/stores/lab.ts';
import { appWithLabInMemory } from '../../support/mountedStore.ts';

test('what another shell removes or restores is in the list at once', async () => {
  const { lab } = appWithLabInMemory();
  const guests = useGuests();
  const scope = effectScope();
  const trash = scope.run(() => useTrash({ list: (client) => client.guests.trash(), present: () => [...guests.byId.keys()] }));
  await vi.waitFor(() => expect(guests.freshness).toBe('live'));
  // The lab in memory is asked directly, as another shell's call would be carried out.
  const other = useLab().client();
  const { definition } = await other.guests.createFromCatalog({ entry: lab.catalogEntries[0]?.id ?? '' });
  await vi.waitFor(() => expect(guests.all).toHaveLength(1));
  await other.guests.remove({ id: definition.id });
  await vi.waitFor(() => expect(trash?.value.map(({ name }) => name)).toEqual([definition.name]));
  await other.guests.restore({ id: definition.id });
  await vi.waitFor(() => expect(trash?.value).toEqual([]));
  scope.stop();
});

const item = { id: 'a', name: 'Minix', trashedAt: '2026-03-02T09:30:00.000Z' };

test('the trash names what is in it and when it came there, and restores it by its id', async () => {
  const restore = vi.fn(() => Promise.resolve());
  const list = mount(TrashList, { props: { items: [item], restore } });
  expect(list.text()).toContain('Minix');
  expect(list.text()).toMatch(/removed .*2026/);
  await list.get('button').trigger('click');
  expect(restore).toHaveBeenCalledExactlyOnceWith('a');
});

test('an empty trash shows nothing, and a refused restoring says why', async () => {
  expect(mount(TrashList, { props: { items: [], restore: vi.fn() } }).text()).toBe('');
  const restore = (): Promise<never> => Promise.reject(new DeclaredError('NOT_FOUND', { noun: 'deleted guest', id: 'a' }));
  const list = mount({ render: () => h(TooltipProvider, () => h(TrashList, { items: [item], restore })) });
  await list.get('button').trigger('click');
  await flushPromises();
  expect(list.get('[role=alert]').text()).toContain('NOT_FOUND');
});
