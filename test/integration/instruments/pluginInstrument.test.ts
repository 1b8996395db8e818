import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EventPlan } from '../../../electron/contract/measurements.ts';
import type { Machine } from '../../../electron/core/guests/machine.ts';
import type { BootToWatch, GuestToWatch } from '../../../electron/core/instruments/eventInstrument.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { createPluginInstrument } from '../../../electron/host/instruments/plugin/plugin.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { bootGuest, builtKernel, canRun, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { ofKind, pluginPlaces } from './pluginWorld.ts';

const draw = drawNumbers('the plugin as an instrument');
const instrument = createPluginInstrument(pluginPlaces());
const PLAN: EventPlan = {
  instrument: 'plugin', metrics: ['systemCalls', 'pageFaults', 'instructions'], window: { from: 'lastPhase', durationSeconds: null },
  load: null, logicalTime: false, model: null, profileEvery: null, symbolFile: null, traceLimitBytes: 50_000_000,
};

const guestOn = async (architecture: 'i386' | 'arm', cpus = 1): Promise<GuestToWatch> => ({ qemu: await findQemu(architecture), architecture, accelerator: 'tcg', cpus, system: 'builtin' });

describe.skipIf(!canRun({ architecture: 'i386' }) || !hasProgram('cc'))('the plugin as an instrument of the lab', () => {
  test('says what it can give, and refuses what it cannot watch', async () => {
    const guest = await guestOn('i386');
    const { available, metrics } = await instrument.probe(guest);
    expect(available).toBe(true);
    const certaintyOf = (wanted: string) => metrics.find(({ metric }) => metric === wanted)?.certainty;
    expect([certaintyOf('systemCalls'), certaintyOf('l1DataMisses'), certaintyOf('majorPageFaults')]).toEqual(['measured', 'modelled', 'unavailable']);
    expect(await instrument.probe({ ...guest, accelerator: 'kvm' })).toMatchObject({ available: false, reason: expect.stringContaining('kvm') as string });
    expect(await instrument.probe({ ...guest, architecture: 'aarch64' })).toMatchObject({ available: false });
  });

  test.each([
    { cpus: 1, dies: false },
    { cpus: 2, dies: false },
    { cpus: 1, dies: true },
  ])('gives the events and the totals of a window, with $cpus CPUs (QEMU dies in it: $dies)', async ({ cpus, dies }) => {
    const directory = scratch();
    const address = BigInt(readSymbols(readFileSync(builtKernel({ architecture: 'i386' }))).get('load_begin') ?? 0);
    const boot: BootToWatch = { ...(await guestOn('i386', cpus)), plan: PLAN, directory, tracePath: join(directory, 'trace'), symbols: [{ name: 'load_begin', address, every: true }], faultHandler: null };
    const armed = await instrument.arm(boot);
    const spawnedAt = { wallNs: 0n, monotonicNs: process.hrtime.bigint() };
    const guest = await bootGuest({ architecture: 'i386', extra: [...armed.arguments, '-smp', String(cpus)] });
    await armed.connect({ spawnedAt } as Machine);
    await guest.run(`calls ${draw(100, 200)}`); // Before the window.
    await armed.begin();
    const [calls, faults] = [draw(200, 400), draw(200, 400)];
    await guest.run(`calls ${calls} int23`);
    await guest.run(`faults ${faults}`);
    if (dies) await guest.kill();
    const elapsedNs = Number(process.hrtime.bigint() - spawnedAt.monotonicNs);
    const totals = await armed.end();
    const events: TraceEvent[] = [];
    for await (const event of armed.events()) events.push(event);
    await armed.dispose();
    const loaded = ofKind(events, 'call').filter(({ entry }) => entry.kind === 'int' && entry.vector === 0x23).length;
    // Of a QEMU that is killed the last tenth of a second is lost.
    if (dies) expect(loaded).toBeLessThanOrEqual(calls);
    else expect(loaded).toBe(calls);
    if (!dies) expect(ofKind(events, 'symbol').at(0)).toMatchObject({ symbol: 'load_begin' });
    if (!dies) expect(totals).toMatchObject({ faults, dropped: 0 });
    if (!dies) expect(totals.calls).toBe(ofKind(events, 'call').length);
    expect(events.length).toBe(armed.evidence().events);
    expect(armed.evidence()).toMatchObject({ format: 'petri-trace', cut: null });
    // Stamps count from the spawn.
    for (const { atNs } of events) expect(atNs > 0 && atNs < elapsedNs).toBe(true);
  });
});
