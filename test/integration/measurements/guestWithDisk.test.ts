import { expect, test } from 'vitest';
import type { MetricName } from '../../../electron/contract/metrics.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addGuest, measure, openMeasuringLab } from '../../support/measuringLab.ts';

test('a measured boot never writes the disk, needs no port of the host, and leaves no layer behind', async () => {
  const { client } = await openMeasuringLab();
  const id = await addGuest(client);
  const disk = await client.disks.create({ name: 'a', bytes: 1024 * 1024 });
  const forwards = [{ name: 'ssh', guestPort: 22, hostPort: 1 }];
  await client.guests.update({ id, change: { disks: [{ disk: disk.id, bus: 'ide', readOnly: false }], network: { kind: 'user', card: 'e1000', outbound: 'open', forwards } } });
  const before = await client.disks.digest({ id: disk.id });
  const runs = await Promise.all([1, 2].map(() => measure(client, { kind: 'boot', subjects: [{ guest: id }], runs: 1, warmUps: 0 })));
  expect(runs.map(({ run }) => run.state)).toEqual(['done', 'done']);
  const argv = runs[0]?.samples[0]?.argv.join(' ') ?? '';
  expect(argv).not.toContain('-netdev');
  expect(argv).toContain('ide-hd');
  expect(argv).not.toContain(`"${disk.path}"`);
  expect(await client.disks.digest({ id: disk.id })).toEqual(before);
  expect((await client.disks.check({ id: disk.id })).clean).toBe(true);
});

test('a measured boot has the guest’s network, without its forwards, where what goes through it is asked for', async () => {
  const { client, directory } = await openMeasuringLab();
  const id = await addGuest(client);
  const forwards = [{ name: 'ssh', guestPort: 22, hostPort: 1 }];
  const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`]);
  const metrics: MetricName[] = ['networkBytesReceived', 'networkBytesSent'];
  const readings = async () => (await measure(client, { kind: 'syscalls', subjects: [{ guest: id }], runs: 1, warmUps: 0, events: { load: 'calls 100', metrics } })).samples[0];
  expect((await readings())?.metrics?.readings).toMatchObject(metrics.map((metric) => ({ metric, certainty: 'unavailable', value: null, reason: 'this guest has no network card' })));
  await client.guests.update({ id, change: { network: { kind: 'user', card: 'e1000', outbound: 'open', forwards } } });
  const sample = await readings();
  // The built-in guest has no driver for it.
  expect(sample?.metrics?.readings).toMatchObject(metrics.map((metric) => ({ metric, certainty: 'measured', value: 0, unit: 'bytes', instrument: 'qmp', technique: expect.stringContaining('filter-dump') as string })));
  expect(sample?.argv.join(' ')).not.toContain('hostfwd');
  leaks.check();
});
