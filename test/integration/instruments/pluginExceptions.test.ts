import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pluginArguments } from '../../../electron/host/instruments/plugin/pluginArguments.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { exceptionsOfEvents, exceptionsOfLog, logArguments } from '../../support/exceptionLog.ts';
import { canRun, hasProgram, startGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { bootWatched, builtFor, ofKind, pluginPlaces, readAll } from './pluginWorld.ts';

const draw = drawNumbers('the plugin against the emulator’s log of exceptions');
const places = pluginPlaces();
const machine = { architecture: 'arm' } as const;
const EVENTS = ['call', 'return', 'fault', 'interrupt'] as const;
const canBuild = hasProgram('arm-none-eabi-gcc');

describe.skipIf(!canRun(machine) || !hasProgram('cc'))('on ARM the plugin sees, in their order, the exceptions that the emulator logs', () => {
  test('where calls, page faults and timer ticks interrupt each other', async () => {
    const log = join(scratch(), 'log');
    const guest = await bootWatched(await builtFor(places, machine), { ...machine, extra: logArguments(log) }, { events: EVENTS });
    for (const command of ['ipc', 'faults', 'calls', 'switches']) await guest.run(`${command} ${draw(500, 1500)}`);
    await guest.run(`flood ${draw(64, 200) * 64}`);
    const { events } = await guest.finish();
    const seen = exceptionsOfEvents(events);
    expect(new Set(seen)).toEqual(new Set(['call', 'data', 'interrupt']));
    expect(seen).toEqual(exceptionsOfLog(readFileSync(log, 'latin1')));
  });

  test.skipIf(!canBuild)('where instructions look like calls and are none', async () => {
    const directory = scratch();
    const [kernel, log, trace] = [join(directory, 'kernel.elf'), join(directory, 'log'), join(directory, 'trace')];
    const turns = draw(20, 60);
    const source = join(import.meta.dirname, 'lookalikes.S');
    execFileSync('arm-none-eabi-gcc', ['-mcpu=cortex-a15', '-nostdlib', '-Wl,-Ttext=0x40010000', `-DTURNS=${turns}`, source, '-o', kernel]);
    const watching = pluginArguments(await builtFor(places, machine), { out: trace, events: EVENTS });
    expect(await startGuest({ ...machine, kernel, extra: [...logArguments(log), ...watching] }).exit).toMatchObject({ code: 0 });
    const { events } = await readAll(trace);
    const turn = ['data', 'data', 'call', 'call'];
    expect(exceptionsOfEvents(events)).toEqual([...Array.from({ length: turns }, () => turn).flat(), 'call']);
    expect(exceptionsOfEvents(events)).toEqual(exceptionsOfLog(readFileSync(log, 'latin1')));
    // The program numbers its calls by their state, ARM or Thumb, and each but the last returns with one more.
    expect(ofKind(events, 'call').map(({ registers }) => Number(registers['r7']))).toEqual([...Array.from({ length: turns }, () => [7, 8]).flat(), 0]);
    expect(ofKind(events, 'return').map(({ result }) => Number(result))).toEqual(Array.from({ length: 2 * turns }, (_, at) => at + 1));
  });
});
