// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { useGuests } from '../../../renderer/stores/guests.ts';
import { useHosts } from '../../../renderer/stores/hosts.ts';
import { useLab } from '../../../renderer/stores/lab.ts';
import { useSettings } from '../../../renderer/stores/settings.ts';
import { appWithLabInMemory } from '../../support/mountedStore.ts';

test('a replica has a snapshot, follows changes, is stale without a line, and live again after it', async () => {
  const { lab, cut, refuse } = appWithLabInMemory();
  const hosts = useHosts();
  expect(hosts.freshness).toBe('waiting');
  await vi.waitFor(() => expect(hosts.capabilities).toHaveLength(6));
  expect(hosts.freshness).toBe('live');

  lab.hosts.set(lab.hosts.value.slice(0, 2));
  await vi.waitFor(() => expect(hosts.capabilities).toHaveLength(2));

  refuse(true);
  cut();
  await vi.waitFor(() => expect(hosts.freshness).toBe('stale'));
  expect(hosts.capabilities).toHaveLength(2);

  lab.hosts.set(lab.hosts.value.slice(0, 1));
  refuse(false);
  useLab().retry();
  await vi.waitFor(() => expect(hosts.capabilities).toHaveLength(1));
  expect(hosts.freshness).toBe('live');
});

test('a replica that is made before there is a lab fills when one comes', async () => {
  const { lab, refuse } = appWithLabInMemory();
  refuse(true);
  const guests = useGuests();
  refuse(false);
  lab.guests.set([]);
  await vi.waitFor(() => expect(guests.freshness).toBe('live'));
});

test('a setting is the default until the lab says otherwise, and a change comes back from the lab', async () => {
  appWithLabInMemory();
  const settings = useSettings();
  expect(settings.settings.measurementRuns).toBe(10);
  await vi.waitFor(() => expect(settings.freshness).toBe('live'));
  await settings.update({ measurementRuns: 25 });
  await vi.waitFor(() => expect(settings.settings.measurementRuns).toBe(25));
});

test('asking without a line fails with LAB_UNREACHABLE and does not wait', () => {
  const { refuse } = appWithLabInMemory();
  refuse(true);
  expect(() => useLab().client()).toThrow(expect.objectContaining({ code: 'LAB_UNREACHABLE' }) as Error);
});
