import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addProcessOptions, processTarget, type ProcessWords } from '../../../electron/cli/processCommands.ts';
import { createProgram } from '../../../electron/cli/program.ts';
import type { TracedTarget } from '../../../electron/contract/programs.ts';

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
});

describe('petri trace', () => {
  /** What the line comes to: the code with which the command refuses it, or what the command was told. */
  async function traced(...words: string[]): Promise<object | string> {
    const told: object[] = [];
    const errors: string[] = [];
    const program = createProgram((globals) => {
      told.push(globals);
      return Promise.resolve();
    });
    for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: (text) => void errors.push(text) });
    try {
      await program.parseAsync(['trace', ...words], { from: 'user' });
      return told.at(-1) ?? 'nothing ran';
    } catch {
      return errors.join('');
    }
  }

  test('means programs behind --pid, --container and two dashes, and a sample of a run otherwise', async () => {
    expect(await traced('--pid', '12,13', '--duration', '2')).toMatchObject({ pid: [12, 13], duration: 2 });
    expect(await traced('--container', 'web', '--runs', '3', '--no-costs')).toMatchObject({ container: 'web', runs: 3, costs: false });
    expect(await traced('--name', 'Copy', '--', 'dd', '--pid', 'x', 'y')).toMatchObject({ name: 'Copy' });
    expect(await traced('last', '0', '--search', 'read')).toMatchObject({ search: 'read', limit: 200 });
  });

  test('refuses what is neither, and both', async () => {
    for (const words of [[], ['last'], ['last', '0', '1']]) expect(await traced(...words), words.join(' ')).toContain('name a run and a sample; or --pid, --container');
    expect(await traced('last', 'x')).toContain('a whole number from 0 on');
    expect(await traced('last', '0', '--pid', '4')).toContain('name either a run and a sample, or --pid, or --container');
    expect(await traced('--container', 'web', '--', 'ls')).toContain('or a command behind --');
    expect(await traced('--instrument', 'plugin', '--', 'ls')).toContain('Allowed choices are strace, bpftrace');
  });
});
