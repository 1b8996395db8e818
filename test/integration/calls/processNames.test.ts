import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCallCounter } from '../../../electron/core/calls/countCalls.ts';
import { minixProcessNames, readMinixProcesses } from '../../../electron/core/calls/minixProcesses.ts';
import { rankCalls } from '../../../electron/core/calls/rankCalls.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { canRun, describeMachine, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { decoder } from '../../unit/calls/loaded.ts';
import { bootWatched, builtFor, pluginPlaces } from '../instruments/pluginWorld.ts';

const draw = drawNumbers('calls of the built-in guest');
const places = pluginPlaces();

describe.each([
  { machine: { architecture: 'i386' }, layout: 'builtin-i386', board: 'pc' },
  { machine: { architecture: 'arm' }, layout: 'builtin-arm', board: 'virt' },
] as const)('the calls of $layout', ({ machine, layout, board }) => {
  it.skipIf(!canRun(machine) || !hasProgram('cc'))(`have the names of the processes that make them, and are as many as the guest counts (${describeMachine(machine)})`, async () => {
    const memory = join(scratch(), 'memory');
    const backed = ['-M', `${board},memory-backend=ram`, '-object', `memory-backend-file,id=ram,size=64M,share=on,mem-path=${memory}`];
    const guest = await bootWatched(await builtFor(places, machine), { ...machine, extra: backed }, { events: ['call', 'return'] });
    const [calls, trips] = [draw(50, 300), draw(50, 300)];
    await guest.run(`calls ${calls}`);
    const ipc = onlyCounts(await guest.run(`ipc ${trips}`));
    const processes = readMinixProcesses(readFileSync(memory), layout);
    expect(processes.map(({ name }) => name).sort()).toEqual(['client', 'init', 'partner', 'server', 'shell']);

    const { events } = await guest.finish();
    const counter = createCallCounter({ decoder: decoder('builtin'), processName: minixProcessNames(processes) });
    for (const event of events) counter.take(event);
    const table = counter.result();
    const of = (process: string, name: string) => table.rows.find((row) => row.process === process && row.name === name);
    expect(of('client', 'SYS_TIMES')).toMatchObject({ count: calls, errors: 0, unreturned: 0 });
    expect(of('client', 'PM_GETPID')).toMatchObject({ count: ipc.ipc, unreturned: 0, latencyNs: { count: trips } });
    expect(of('server', 'SYS_SDEVIO')?.count).toBeGreaterThan(0);
    expect(rankCalls(table).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });
});
