import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { renderProcessTrace } from '../../../electron/cli/render/processTrace.ts';
import { addProcessOptions, processTarget, type ProcessWords } from '../../../electron/cli/processCommands.ts';
import { paint } from '../../../electron/cli/run/terminal.ts';
import type { ProcessTrace, TracedTarget } from '../../../electron/contract/instruments.ts';

/** What a line asks to be watched; throws what the command says of a line that is wrong. */
function targetOf(...words: string[]): TracedTarget | null {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  let target: TracedTarget | null = null;
  const parent = program.command('measure').option('--duration <seconds>');
  addProcessOptions(parent.command('syscalls'))
    .argument('[guest...]')
    .action((guests: string[], options: ProcessWords, command: Command) => void (target = processTarget(command, guests, options)));
  for (const command of [parent, ...parent.commands]) command.exitOverride().configureOutput({ writeErr: () => undefined });
  program.parse(['measure', 'syscalls', ...words], { from: 'user' });
  return target;
}

describe('petri measure syscalls', () => {
  test('means guests unless programs of this host are named by number, container or command', () => {
    expect(targetOf('builtin-i386', 'ls')).toBeNull();
    expect(targetOf('--pid', '12,13', '--pid', '13', '--duration', '3')).toEqual({ kind: 'processes', pids: [12, 13] });
    expect(targetOf('--container-process', 'web')).toEqual({ kind: 'container', name: 'web' });
    expect(targetOf('--', 'ls', '-l')).toEqual({ kind: 'command', command: 'ls', args: ['-l'], directory: process.cwd() });
    // The options of the program are its own, also behind options of ours.
    expect(targetOf('--duration', '3', '--calls', 'read,openat', '--', 'dd', '--pid', '--', 'x')).toMatchObject({ command: 'dd', args: ['--pid', '--', 'x'] });
  });

  test('refuses two of a kind, and what is no number or name', () => {
    for (const words of [['guest', '--pid', '1'], ['--pid', '1', '--container-process', 'web'], ['--pid', '1', '--', 'ls'], ['guest', '--', 'ls']]) {
      expect(() => targetOf(...words), words.join(' ')).toThrow('name either guests, or --pid');
    }
    expect(() => targetOf('--pid', '0')).toThrow('from 1 on');
    expect(() => targetOf('--calls', 'read;rm')).toThrow('named as in Linux');
  });

  test('prints a ranking with what was used, what it costs, and what was not seen', () => {
    const latencyNs = { count: 2, min: 8_000, max: 20_000, mean: 14_000, median: 8_016, p95: 20_000, p99: 20_000, error: 0.004, buckets: [] };
    const row = { process: 'dd (7)', name: 'write', number: 1, group: 'system call', count: 2, errors: 0, unreturned: 0, latencyNs, latencyInstructions: null };
    const trace: ProcessTrace = {
      target: { kind: 'processes', pids: [7] }, pids: [7], provenance: { instrument: 'strace', technique: 'strace stops each thread', resolutionNs: 1_000 }, overhead: 'a hundred times',
      startedAt: new Date(0).toISOString(), durationNs: 2e9, calls: { decoder: 'linux-x86_64', verified: null, total: 2, entries: [], rows: [row], unnamed: 0, roundTrips: null }, readings: [],
      cut: 'its limit of 5 bytes', left: { undecoded: 0, returnsWithoutCall: 1 },
    };
    const text = renderProcessTrace(trace, paint(false));
    expect(text).toMatch(/^process 7 {2}2 system calls in 2\.0+ s/);
    expect(text).toMatch(/1 {2}write +2 +100\.0 % +0 +8,000 +8,016 +20,000 +20,000 +20,000/);
    expect(text).toContain('costs       a hundred times');
    expect(text).toContain('by process: dd (7) 2');
    expect(text).toContain('not all was seen: its limit of 5 bytes');
    expect(text).toContain('1 returned that had begun before');
  });
});
