import { describe, expect, it, vi } from 'vitest';
import { capabilityIds, type Finding } from '../../../electron/core/hosts/capabilities.ts';
import { createHosts, type HostsDependencies, type TimedProbe } from '../../../electron/lab/hosts/hosts.ts';
import type { LogRecord } from '../../../electron/lab/log.ts';

const good: Finding = { verdict: 'good', summary: 'It works.', evidence: ['seen'], fix: null, command: null };

function hostsWith(special: Partial<HostsDependencies['probes']>) {
  const records: LogRecord[] = [];
  const usual: TimedProbe = { limitMs: 60_000, probe: () => good };
  const probes = { ...Object.fromEntries(capabilityIds.map((id) => [id, usual])), ...special } as HostsDependencies['probes'];
  return { records, hosts: createHosts({ probes, log: (record) => void records.push(record) }) };
}

describe('the capability board', () => {
  it('is there at once and is filled in the background', async () => {
    const gate = Promise.withResolvers<Finding>();
    const { hosts } = hostsWith({ accelerators: { limitMs: 60_000, probe: () => gate.promise } });
    expect(hosts.capabilities().map(({ verdict }) => verdict)).toEqual(capabilityIds.map(() => 'unknown'));
    hosts.begin();
    await vi.waitFor(() => expect(hosts.capabilities().filter(({ verdict }) => verdict === 'good')).toHaveLength(capabilityIds.length - 1));
    expect(hosts.capabilities().find(({ id }) => id === 'accelerators')).toMatchObject({ testing: true, verdict: 'unknown' });
    gate.resolve(good);
    await vi.waitFor(() => expect(hosts.capabilities().every(({ testing, verdict }) => !testing && verdict === 'good')).toBe(true));
    await hosts.dispose();
  });

  it('says of a probe that hangs that it gave no answer, and does not hold up the others', async () => {
    const hanging = { limitMs: 20, probe: () => new Promise<Finding>(() => undefined) };
    const { hosts } = hostsWith({ docker: hanging });
    const cards = await hosts.test();
    expect(cards.find(({ id }) => id === 'docker')).toMatchObject({ verdict: 'broken', summary: 'Gave no answer.' });
    expect(cards.filter(({ verdict }) => verdict === 'good')).toHaveLength(capabilityIds.length - 1);
    await hosts.dispose();
  });

  it.each([
    ['throws', () => { throw new Error('boom'); }],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('survives a probe that %s, and logs it', async (_, probe) => {
    const { hosts, records } = hostsWith({ disk: { limitMs: 1_000, probe } });
    expect((await hosts.test('disk')).find(({ id }) => id === 'disk')).toMatchObject({ verdict: 'broken', evidence: ['boom'], testing: false });
    expect(records).toMatchObject([{ noun: 'hosts', details: { message: 'boom' } }]);
    await hosts.dispose();
  });

  it('tests one card again without the others, and two askers at once share one probe', async () => {
    const probe = vi.fn<TimedProbe['probe']>(() => Promise.resolve(good));
    const other = vi.fn(() => good);
    const { hosts } = hostsWith({ podman: { limitMs: 1_000, probe }, disk: { limitMs: 1_000, probe: other } });
    await Promise.all([hosts.test('podman'), hosts.test('podman')]);
    await hosts.test('podman');
    expect(probe).toHaveBeenCalledTimes(2);
    expect(probe.mock.calls[0]?.[0].again).toBe(true);
    expect(other).not.toHaveBeenCalled();
    await hosts.dispose();
  });

  it('stops its probes when the lab ends', async () => {
    const seen = vi.fn();
    const probe: TimedProbe['probe'] = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => {
      seen();
      reject(signal.reason as Error);
    }));
    const { hosts } = hostsWith({ qemu: { limitMs: 60_000, probe } });
    hosts.begin();
    await hosts.dispose();
    expect(seen).toHaveBeenCalled();
  });
});
