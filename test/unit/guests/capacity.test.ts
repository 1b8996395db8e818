import { describe, expect, test } from 'vitest';
import { findControllers, limitFiles } from '../../../electron/core/guests/cgroups.ts';
import { forecastInstances, type ForecastInput } from '../../../electron/core/guests/forecast.ts';
import { beginHealth, secondsToNextCheck, takeCheck } from '../../../electron/core/guests/health.ts';
import { suitablePorts, wantedPorts, withHostPorts } from '../../../electron/core/guests/hostPorts.ts';
import { memoryBudget, promisedMiB, QEMU_OVERHEAD_MIB } from '../../../electron/core/guests/memory.ts';

describe('memory', () => {
  test('the sum shown gives what can be given', () => {
    const { availableMiB, sum } = memoryBudget({ totalMiB: 4_096, othersMiB: 600, reserveMiB: 512 }, [{ name: 'One runs', memoryMiB: 1_000 }, { name: 'reserved for Two', memoryMiB: 0 }]);
    expect(availableMiB).toBe(1_984);
    expect(sum.reduce((total, { memoryMiB }) => total + memoryMiB, 0)).toBe(availableMiB);
    expect(sum.map(({ name }) => name)).toEqual(['this host has', 'other programs', 'kept for the host', 'One runs']);
  });

  test('never less than nothing can be given', () => {
    expect(memoryBudget({ totalMiB: 512, othersMiB: 300, reserveMiB: 512 }, []).availableMiB).toBe(0);
  });

  test('a guest is promised its memory and what QEMU needs, or its reservation where that is more', () => {
    expect(promisedMiB({ memoryMiB: 64, reservedMiB: 0 })).toBe(64 + QEMU_OVERHEAD_MIB);
    expect(promisedMiB({ memoryMiB: 64, reservedMiB: 512 })).toBe(512);
  });
});

describe('the forecast', () => {
  const input: ForecastInput = { promisedMiB: 500, cpus: 1, diskBytes: 1e9, budget: { availableMiB: 3_000, sum: [] }, hostCpus: 2, busyCpus: 0, freeDiskBytes: 5e9 };
  const verdicts = (change: Partial<ForecastInput>) => forecastInstances({ ...input, ...change }).map(({ verdict }) => verdict);

  test.each([
    ['memory is the limit', {}, ['fits', 'tight', 'refused']],
    ['there is plenty', { budget: { availableMiB: 50_000, sum: [] }, hostCpus: 32, freeDiskBytes: 1e12 }, ['fits', 'fits', 'fits']],
    ['the disk is the limit', { budget: { availableMiB: 50_000, sum: [] }, hostCpus: 32, freeDiskBytes: 3e9 }, ['fits', 'refused', 'refused']],
    ['CPUs are shared', { budget: { availableMiB: 50_000, sum: [] }, freeDiskBytes: 1e12, busyCpus: 1 }, ['tight', 'tight', 'tight']],
  ])('%s', (_what, change, expected) => {
    expect(verdicts(change)).toEqual(expected);
  });

  test('says what is needed of what there is, and first what makes it tight', () => {
    const why = (change: Partial<ForecastInput>) => forecastInstances({ ...input, ...change })[0]?.why;
    expect(why({})).toBe('2 of 2 CPUs, 1000 of 3000 MiB of memory, 1.9 GiB of 4.7 GiB of disk');
    expect(why({ busyCpus: 1 })).toBe('3 virtual CPUs, with 1 of guests that run, share 2; 1000 of 3000 MiB of memory, 1.9 GiB of 4.7 GiB of disk');
    expect(why({ promisedMiB: 1_400, diskBytes: 2.4e9 })).toBe('less than a tenth of the memory is left: 2800 of 3000 MiB; less than a tenth of the disk is left: 4.5 GiB of 4.7 GiB; 2 of 2 CPUs');
  });

  test('multiplies what one copy needs', () => {
    expect(forecastInstances(input).map(({ instances, memoryMiB, cpus, diskBytes }) => [instances, memoryMiB, cpus, diskBytes])).toEqual([[2, 1_000, 2, 2e9], [4, 2_000, 4, 4e9], [8, 4_000, 8, 8e9]]);
  });
});

describe('control groups', () => {
  const hybrid = [
    '30 25 0:26 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
    '31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '32 25 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  ].join('\n');

  test('version 1 has a hierarchy for each controller, and this process is somewhere in each', () => {
    expect(findControllers(hybrid, '4:memory:/user/one\n1:cpu:/\n0::/')).toEqual([
      { kind: 'cpu', version: 1, directory: '/sys/fs/cgroup/cpu' },
      { kind: 'memory', version: 1, directory: '/sys/fs/cgroup/memory/user/one' },
    ]);
  });

  test('version 2 has one for both', () => {
    const mount = '25 24 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate';
    expect(findControllers(mount, '0::/user.slice/session-1.scope')).toEqual([
      { kind: 'cpu', version: 2, directory: '/sys/fs/cgroup/user.slice/session-1.scope' },
      { kind: 'memory', version: 2, directory: '/sys/fs/cgroup/user.slice/session-1.scope' },
    ]);
  });

  test('a system without any has none', () => {
    expect(findControllers('', '')).toEqual([]);
  });

  const limits = { cpuPercent: 50, memoryMiB: 256, reservedMemoryMiB: null };
  test.each([
    ['cpu', 1, [['cpu.cfs_period_us', '100000'], ['cpu.cfs_quota_us', '50000']]],
    ['cpu', 2, [['cpu.max', '50000 100000']]],
    ['memory', 1, [['memory.limit_in_bytes', '268435456']]],
    ['memory', 2, [['memory.max', '268435456'], ['memory.swap.max', '0']]],
  ] as const)('what is written for %s of version %i', (kind, version, files) => {
    expect(limitFiles({ kind, version }, limits)).toEqual(files);
    expect(limitFiles({ kind, version }, { cpuPercent: null, memoryMiB: null, reservedMemoryMiB: 4 })).toEqual([]);
  });
});

describe('ports', () => {
  test.each([[22, [2222, 2223]], [80, [8080, 8081]], [8080, [8080, 8081]], [5555, [5555, 5556]], [9999, [9999, 10_000]], [5900, [5900, 5901]], [9000, [9000, 9001]], [9003, [9003, 9004]], [1234, [20_000, 20_001]]])('for guest port %i %j come first', (guestPort, first) => {
    const ports = suitablePorts(guestPort);
    expect([ports.next().value, ports.next().value]).toEqual(first);
  });

  const forward = { name: 'ssh', protocol: 'tcp', guestPort: 22, link: null } as const;
  test('a definition names its forwards and its consoles on TCP', () => {
    const network = { kind: 'user', card: 'e1000', outbound: 'open', forwards: [{ ...forward, hostPort: 2222 }, { ...forward, name: 'new', hostPort: null }] } as const;
    const definition = { network: { ...network, forwards: [...network.forwards] }, tcpConsoles: [{ console: 'serial0' as const, port: 5555 }] };
    expect(wantedPorts(definition).map(({ forward: name, port }) => [name, port])).toEqual([['ssh', 2222], ['console serial0', 5555]]);
    expect(withHostPorts(definition, new Map([[0, 9], [1, 2223]])).network).toMatchObject({ forwards: [{ hostPort: 2222 }, { hostPort: 2223 }] });
  });
});

describe('health', () => {
  const check = { kind: 'qmp', intervalSeconds: 30, timeoutSeconds: 10, retries: 2 } as const;
  const result = (healthy: boolean) => ({ healthy, says: healthy ? 'yes' : 'no', at: '2026-01-01T00:00:00.000Z' });
  const states = (...results: boolean[]): string[] => {
    let state = beginHealth(check);
    return results.map((healthy) => (state = takeCheck(state, result(healthy), check.retries)).health.state);
  };

  test.each([
    [[true], ['healthy']],
    [[false, false], ['starting', 'unhealthy']],
    [[true, false, true, false, false], ['healthy', 'healthy', 'healthy', 'healthy', 'unhealthy']],
    [[false, false, true], ['starting', 'unhealthy', 'healthy']],
  ])('checks %j make it %j', (results, expected) => {
    expect(states(...results)).toEqual(expected);
  });

  test('a guest that starts is looked at each second, and those looks do not make it unhealthy', () => {
    const starting = beginHealth(check);
    expect(secondsToNextCheck(starting, check)).toBe(1);
    expect(secondsToNextCheck(starting, { intervalSeconds: 0.5 })).toBe(0.5);
    let state = starting;
    for (let look = 0; look < 10; look += 1) state = takeCheck(state, result(false), check.retries, false);
    expect(state).toMatchObject({ health: { state: 'starting', says: 'no' }, failures: 0 });
    expect(secondsToNextCheck(takeCheck(state, result(true), check.retries), check)).toBe(30);
  });

  test('no check is no health', () => {
    expect(beginHealth(null).health.state).toBe('none');
  });
});
