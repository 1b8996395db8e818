import { describe, expect, test, vi } from 'vitest';
import { ORPCError } from '@orpc/client';
import { exitCodeOfRun } from '../../../electron/cli/commands/measure.ts';
import { nth } from '../../../electron/cli/run/planMeasurement.ts';
import { ESCAPE_BYTE, splitAtEscape } from '../../../electron/cli/commands/console.ts';
import { shellWord } from '../../../electron/cli/commands/launch.ts';
import { localTime } from '../../../electron/cli/render/times.ts';
import { createProgram, type GlobalOptions } from '../../../electron/cli/program.ts';
import { exitCodeOf, failureOf, printable, printFailure } from '../../../electron/cli/run/failures.ts';
import { matchGuests } from '../../../electron/cli/run/findGuest.ts';
import { follow, noProgress, renderProgress } from '../../../electron/cli/run/measureBoots.ts';
import { createTerminal, wantsColour } from '../../../electron/cli/run/terminal.ts';
import { renderTable } from '../../../electron/cli/render/table.ts';
import { runCli } from '../../../electron/cli/runCli.ts';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { Report } from '../../../electron/contract/reports.ts';

function recordingTerminal(isTTY = false) {
  const out: string[] = [];
  const error: string[] = [];
  const stream = (lines: string[]) => ({ isTTY, columns: 80, write: (text: string) => lines.push(text) > 0 });
  const terminal = createTerminal(stream(out) as never, stream(error) as never, {});
  return { terminal, out, error };
}

/** What the command line hands to a command, seen at the place where the lab would be asked. */
async function parsed(...args: string[]): Promise<{ globals: GlobalOptions } | { refused: string }> {
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const given: GlobalOptions[] = [];
    const program = createProgram((globals) => {
      given.push(globals);
      return Promise.resolve();
    });
    await program.parseAsync(args, { from: 'user' });
    const [globals] = given;
    return globals === undefined ? { refused: 'nothing ran' } : { globals };
  } catch (error) {
    return { refused: (error as { code: string }).code };
  } finally {
    silent.mockRestore();
  }
}

describe('the command line', () => {
  test.each([
    [['doctor']], [['doctor', '--repair', '--json']], [['launch', 'g']], [['stop']], [['stop', '--lab']], [['status', '--json']], [['console', 'g', '--from', 'end']],
    [['measure', 'boot', 'g', '--runs', '10', '--timeout', '0.5', '--no-save']], [['measure', 'boot', 'a', 'b', '--arguments', '', '--arguments', 'calls=3']],
    [['console', 'g', '--port', '2']], [['console', 'g', '--console', 'ssh0', '--no-follow']], [['console', 'export', 'g', '--format', 'asciicast', '-o', 'x.cast']],
    [['monitor', 'g']], [['monitor', 'g', 'info', 'status']], [['monitor', 'g', 'quit', '--yes']], [['ssh', 'g', '--new-host-key']], [['ssh', 'g', '--key']], [['shell', 'g']], [['screen', 'g', '--png', 'x.png']],
    [['measure', 'syscalls', 'g', '--load', 'calls:5', '--duration', '3', '--metrics', 'systemCalls,instructions']], [['measure', '--metric', 'memory', '--arch', 'arm', '--duration', '60']],
    [['measure', 'memory', '--container', 'c', '--model', 'l1d=32x4x64']], [['measure', 'ipc', 'g', '--logical-time', '--profile', '1000', '--symbols', 'f']], [['measure', 'loads', 'g']], [['measure', 'outlook', 'g']],
    [['compare', '--metric', 'boot', '--arch', 'i386']], [['report', '--arch', 'i386', '--format', 'json']], [['trace', 'last', '0', '--from', '5', '--search', 'x']], [['diff', 'last:0', 'last:1']],
    [['measure', 'syscalls', 'g', '--type', 'ls -l']], [['measure', 'boot', 'g', 'h', '--no-control']], [['compare', 'a', 'b', 'c', '--format', 'csv']],
    [['compare', 'a', 'last']], [['report', 'last', '--format', 'pdf', '-o', 'x.pdf']], [['serve', '--port', '0']], [['accelerators', '--test']], [['demo']],
    [['settings']], [['settings', 'get', 'theme']], [['settings', 'set', 'memoryModel', 'l1d=32x4x64']], [['settings', 'reset']],
  ])('understands %j', async (args) => {
    expect(await parsed(...args)).toHaveProperty('globals');
  });

  test.each([
    [['launch']], [['launch', 'a', 'b']], [['nonsense']], [['measure', 'boot']], [['measure', 'boot', 'g', '--runs', '0']], [['measure', 'boot', 'g', '--runs', '1.5']],
    [['measure', 'boot', 'g', '--timeout', 'soon']], [['measure', 'boot', 'g', '--accelerator', 'xen']], [['report', 'r', '--format', 'docx']], [['serve', '--port', '70000']],
    [['console', 'g', '--from', '-1']], [['console', 'g', '--port', '5']], [['console', 'g', '--console', '../x']], [['console', 'export']], [['console', 'export', 'g', '--format', 'gif']],
    [['monitor']], [['ssh']], [['screen', 'g']], [['status', '--unknown']], [['compare', 'a']], [['compare']], [['compare', 'a', 'b', '--format', 'pdf']], [['measure', 'syscalls', 'g', '--type', 'x', '--load', 'calls']], [['report']],
    [['measure']], [['measure', '--metric', 'colour', '--arch', 'arm']], [['measure', 'syscalls']], [['measure', 'syscalls', 'g', '--metrics', 'systemCalls,colour']], [['measure', 'memory', 'g', '--model', 'l9=1x1']],
    [['measure', 'ipc', 'g', '--duration', '0']], [['trace', 'last']], [['trace', 'last', 'first']], [['diff', 'last:0']],
  ])('refuses %j', async (args) => {
    expect(await parsed(...args)).toHaveProperty('refused');
  });

  test('takes the global options before and after the command', async () => {
    expect(await parsed('--json', '--data', '/d', 'status')).toMatchObject({ globals: { json: true, data: '/d' } });
    expect(await parsed('status', '--json', '--data', '/d')).toMatchObject({ globals: { json: true, data: '/d' } });
  });

  test('has help with examples for each command, and exit codes in the main help', () => {
    const program = createProgram(() => Promise.resolve());
    // `console` is a command itself, and has one below it.
    const leaves = program.commands.flatMap((command) => (command.commands.length === 0 ? [command] : [...(['console', 'measure', 'report'].includes(command.name()) ? [command] : []), ...command.commands]));
    for (const command of leaves) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help, command.name()).toMatch(/Examples:\n {2}\$ petri /);
      // A console prints the guest's own bytes and has no other result.
      if (command.name() !== 'console') expect(help, command.name()).toMatch(/\$ petri .* --json/);
    }
    const expected = ['accelerators', 'calibrate', 'campaign', 'compare', 'console', 'dashboard', 'demo', 'diff', 'doctor', 'loads', 'outlook', 'trace', 'launch', 'monitor', 'report', 'screen', 'serve', 'shell', 'ssh', 'status', 'stop'];
    expect(leaves.map((command) => command.name())).toEqual(expect.arrayContaining(expected));
  });

  test('shows a newcomer the first steps, and each command under the work that it belongs to', () => {
    const program = createProgram(() => Promise.resolve());
    let help = '';
    program.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    const titles = [...help.matchAll(/^([A-Z][^:\n]*):$/gm)].map((match) => match[1]);
    expect(titles).toEqual(['Options', 'This machine and the lab', 'Systems', 'Guests', 'Consoles of a guest', 'Disks and snapshots', 'Measurements', 'Docker', 'First steps', 'Exit codes']);
    const steps = [...help.matchAll(/^ {2}\$ petri (\w+)/gm)].map((match) => match[1]).filter((word) => word !== 'COMMAND');
    expect(program.commands.map((command) => command.name())).toEqual(expect.arrayContaining(steps));
  });

  test.each([[['--help'], 0], [['--version'], 0], [['nonsense'], 2], [['launch'], 2]])('%j ends with exit code %i', async (args, exitCode) => {
    const silent = [vi.spyOn(process.stderr, 'write').mockReturnValue(true), vi.spyOn(process.stdout, 'write').mockReturnValue(true)];
    expect(await runCli(args, recordingTerminal().terminal, new AbortController().signal)).toBe(exitCode);
    for (const spy of silent) spy.mockRestore();
  });
});

describe('a failure', () => {
  const declared = new DeclaredError('NOT_FOUND', { noun: 'guest', id: 'x' });

  test('is the same whether it was thrown here or sent by the lab', () => {
    const sent = new ORPCError('NOT_FOUND', { data: { noun: 'guest', id: 'x' } });
    expect(failureOf(sent)).toEqual(declared.failure);
    expect(failureOf(declared)).toEqual(declared.failure);
    expect(failureOf(new ORPCError('NOT_FOUND', { data: { wrong: true } })).code).toBe('UNEXPECTED');
    expect(failureOf('text').code).toBe('UNEXPECTED');
  });

  test.each([
    [new DeclaredError('NOT_FOUND', { noun: 'run', id: 'x' }), 3],
    [new DeclaredError('INPUT_INVALID', { issues: [] }), 2],
    [new DeclaredError('GUEST_BUSY', { guest: 'g', state: 'running', wanted: 'start' }), 4],
    [new DeclaredError('QEMU_MISSING', { program: 'q', searched: [], install: '' }), 4],
    [new DeclaredError('IMAGE_NOT_FETCHED', { entry: 'e', image: 'i', source: '', way: 'fetch' }), 4],
    [new DeclaredError('SESSION_UNAVAILABLE', { guest: 'g', kind: 'SSH', reason: '', fix: '' }), 4],
    [new DeclaredError('DISK_FULL', { path: '/', availableBytes: 0 }), 1],
    [new DeclaredError('LAB_UNREACHABLE', { socket: 's', reason: '' }), 1],
    [new DeclaredError('CANCELLED', { task: 't' }), 130],
  ])('%s has its exit code', (error, exitCode) => {
    expect(exitCodeOf(error.failure)).toBe(exitCode);
  });

  test('is printed as what, evidence and fix on stderr, or as JSON on stdout', () => {
    const plain = recordingTerminal();
    printFailure(plain.terminal, new DeclaredError('QEMU_MISSING', { program: 'qemu', searched: ['/a'], install: 'Install it.' }).failure, false);
    expect(plain.out).toEqual([]);
    expect(plain.error.join('')).toBe('error: qemu is not installed.\n  searched: /a\n  fix: Install it.\n  (QEMU_MISSING)\n');
    const machine = recordingTerminal();
    printFailure(machine.terminal, declared.failure, true);
    expect(machine.error).toEqual([]);
    expect(JSON.parse(machine.out.join(''))).toMatchObject({ error: { code: 'NOT_FOUND', details: { noun: 'guest', id: 'x' } } });
  });

  test('never carries escape sequences of a guest to the terminal', () => {
    expect(printable('a\u001b[2J\u0007b\u009b1m\ttab')).toBe(String.raw`a\x1b[2J\x07b\x9b1m` + '\ttab');
  });
});

describe('the terminal', () => {
  test('is coloured only where a person sees it', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: false }, {})).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({ isTTY: false }, { FORCE_COLOR: '1' })).toBe(true);
  });

  test('draws progress over itself, and clears it before a result', () => {
    const { terminal, out, error } = recordingTerminal(true);
    terminal.progress('boot 1', '1');
    terminal.progress('boot 1, phase 2', '1');
    terminal.print('result');
    expect(error).toEqual(['\r\u001b[2Kboot 1', '\r\u001b[2Kboot 1, phase 2', '\r\u001b[2K']);
    expect(out).toEqual(['result\n']);
  });

  test('writes a line for each mile where progress cannot be drawn', () => {
    const { terminal, error } = recordingTerminal();
    terminal.progress('boot 1', '1');
    terminal.progress('boot 1, phase 2', '1');
    terminal.progress('boot 2', '2');
    expect(error).toEqual(['boot 1\n', 'boot 2\n']);
  });
});

describe('a table', () => {
  test('is aligned by what is seen, not by colour codes or bytes', () => {
    const text = renderTable([{ title: 'name' }, { title: 'time', align: 'right' }], [['\u001b[32mgood\u001b[0m', '1 ms'], ['größer', '10 ms']]);
    expect(text).toBe(['name     time', '──────  ─────', '\u001b[32mgood\u001b[0m     1 ms', 'größer  10 ms'].join('\n'));
  });
});

describe('a word for a guest', () => {
  const guest = (id: string, name: string, catalogEntry: string | null = null): Guest => ({ definition: { id, name, catalogEntry }, runtime: { state: 'stopped', end: null } }) as unknown as Guest;
  const guests = [guest('alpha-1', 'Alpha', 'builtin'), guest('alpha-2', 'alpha'), guest('beta-1', 'alpha-1'), guest('c-1', 'Built in', 'other')];

  test.each([
    ['alpha-1', ['alpha-1']],
    ['Alpha', ['alpha-1']],
    ['ALPHA', ['alpha-1', 'alpha-2']],
    ['builtin', ['alpha-1']],
    ['beta', ['beta-1']],
    ['alpha-', ['alpha-1', 'alpha-2']],
    ['', []],
    ['delta', []],
  ])('%j means %j', (word, ids) => {
    expect(matchGuests(guests, word).map(({ definition }) => definition.id)).toEqual(ids);
  });
});

describe('a measurement', () => {
  const run = { state: 'running', plan: { order: [{}, {}] }, phaseTable: { phases: [{}, {}] } } as never;
  const stamp = { status: 'seen', name: 'kmain', atNs: 12_000_000, byteOffset: 0, text: '' } as const;

  test('is shown with its boots and the phase it is in', () => {
    const events = [{ type: 'snapshot', run, samples: [] }, { type: 'boot', index: 0, subject: 'a', warmUp: true, console: '' }, { type: 'phase', index: 0, stamp }] as const;
    const lines = events.map((_, at) => renderProgress(events.slice(0, at + 1).reduce(follow as never, noProgress)));
    expect(lines).toEqual(['░░░░░░░░░░░░░░░░░░░░ boot 1/2', '░░░░░░░░░░░░░░░░░░░░ boot 1/2  warm-up, phase 0/2', '█████░░░░░░░░░░░░░░░ boot 1/2  warm-up, phase 1/2 kmain 12.0 ms']);
  });

  const report = (state: string, subject: object, verdicts: string[] = []): Report =>
    ({ run: { state }, summary: { subjects: [{ incomplete: 0, failed: 0, phases: [{ verdicts: verdicts.map((name) => ({ verdict: { name } })) }], verdicts: [], ...subject }] } }) as unknown as Report;

  test.each([
    ['done', {}, ['VERIFIED', 'INDETERMINATE', 'PLAUSIBLE'], 0],
    ['done', {}, ['VERIFIED', 'NEEDS_VALIDATION'], 4],
    ['done', { incomplete: 1 }, [], 1],
    ['done', { failed: 1 }, [], 1],
    ['failed', {}, [], 1],
    ['cancelled', {}, [], 130],
  ])('that is %s with %j and %j ends with %i', (state, subject, verdicts, exitCode) => {
    expect(exitCodeOfRun(report(state, subject, verdicts))).toBe(exitCode);
  });

  test('gives one argument to every guest and several to one each', () => {
    expect([nth(['x'], 0), nth(['x'], 3), nth(['x', 'y'], 1), nth(['x', 'y'], 2), nth(undefined, 0)]).toEqual(['x', 'x', 'y', undefined, undefined]);
  });
});

test('everything before the escape key still goes to the guest', () => {
  expect(splitAtEscape(new Uint8Array([104, 105]))).toEqual({ forGuest: new Uint8Array([104, 105]), leaves: false });
  expect(splitAtEscape(new Uint8Array([104, ESCAPE_BYTE, 105]))).toEqual({ forGuest: new Uint8Array([104]), leaves: true });
});

test('a printed command can be pasted into a shell', () => {
  expect(['plain', 'a b', "it's", '$HOME', ''].map(shellWord)).toEqual(['plain', "'a b'", String.raw`'it'\''s'`, "'$HOME'", "''"]);
});

test.each([['Europe/Paris', '2026-03-01 14:05:09 +01:00'], ['Asia/Kolkata', '2026-03-01 18:35:09 +05:30'], ['America/St_Johns', '2026-03-01 09:35:09 -03:30'], ['UTC', '2026-03-01 13:05:09 +00:00']])('a time in %s has its offset', (zone, expected) => {
  vi.stubEnv('TZ', zone);
  expect(localTime('2026-03-01T13:05:09.000Z')).toBe(expected);
  vi.unstubAllEnvs();
});

describe('words that no command has', () => {
  const said = async (...args: string[]): Promise<[code: number, out: string]> => {
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const { terminal, out } = recordingTerminal();
      return [await runCli(args, terminal, new AbortController().signal), out.join('')];
    } finally {
      silent.mockRestore();
    }
  };

  test('are refused on stdout, too, for a program that reads JSON', async () => {
    expect(await said('status', '--nonsense')).toEqual([2, '']);
    const [code, out] = await said('status', '--json', '--nonsense');
    expect([code, JSON.parse(out)]).toMatchObject([2, { error: { code: 'INPUT_INVALID', evidence: [expect.stringContaining('--nonsense')] } }]);
  });
});
