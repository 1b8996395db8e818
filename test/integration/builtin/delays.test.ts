import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { ARCHITECTURES, describeMachines, phaseNames } from './machines.ts';

const NEWLINE = 0x0a;

/** Microseconds, and the byte that the guest gave to its serial device then. */
function readStamps(log: string): { time: number; byte: number }[] {
  const old = log.matchAll(/^\d+@(\d+)\.(\d{6}):(?:serial_write write addr 0x00 val|pl011_write addr 0x0+ value) 0x([0-9a-f]+)/gm);
  const recent = log.matchAll(/^(\S+Z) (?:serial_write \[0x00\] <-|pl011_write addr 0x0+ value|pl011_write \[0x0+\] <-) 0x([0-9a-f]+)/gm);
  return [
    ...[...old].map(([, seconds, fraction, byte]) => ({ time: Number(seconds) * 1e6 + Number(fraction), byte: parseInt(byte ?? '', 16) })),
    ...[...recent].map(([, time, byte]) => ({ time: Date.parse(time ?? '') * 1000, byte: parseInt(byte ?? '', 16) })),
  ];
}

/** Milliseconds from the end of the line before each phase's line to the end of its own. */
function phaseLengths(log: string): number[] {
  const ends = readStamps(log).filter((stamp) => (stamp.byte & 0xff) === NEWLINE).map((stamp) => stamp.time);
  return ends.slice(1, 11).map((end, at) => (end - (ends[at] ?? NaN)) / 1000);
}

describeMachines(ARCHITECTURES, (machine) => {
  async function lengthsWith(append: string): Promise<number[]> {
    const log = join(scratch(), 'trace.log');
    const event = machine.architecture === 'arm' ? 'pl011_write' : 'serial_write';
    const guest = await bootGuest({ ...machine, append, extra: ['-trace', event, '-msg', 'timestamp=on', '-D', log] });
    await guest.kill();
    return phaseLengths(readFileSync(log, 'utf8'));
  }

  test('a delay lengthens its phase by at least that time, as the emulator stamps it', async () => {
    const names = phaseNames(machine);
    const asked = new Map([[names[1], 200], [names[5], 150], [names[9], 300]]);
    const lengths = await lengthsWith([...asked].map(([name, milliseconds]) => `delay=${name ?? ''}:${milliseconds}`).join(' '));
    expect(lengths).toHaveLength(10);
    // A busy host can make any phase longer, and none shorter: so only the lower bound is sharp.
    for (const [name, milliseconds] of asked) expect(lengths[names.indexOf(name ?? '')]).toBeGreaterThanOrEqual(milliseconds - 1);
  });
});
