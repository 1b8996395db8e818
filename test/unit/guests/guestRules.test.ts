import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../electron/contract/errors.ts';
import { identifier } from '../../../electron/contract/primitives.ts';
import { describeEnd, describeLoss, endWords } from '../../../electron/core/guests/guestEnds.ts';
import { guestId, isNameTaken, uniqueName } from '../../../electron/core/guests/guestNames.ts';
import { isPossible, refuseUnlessPossible, type GuestAct } from '../../../electron/core/guests/guestStates.ts';
import { lastLine } from '../../../electron/core/guests/lastLine.ts';
import { isAtLeast, parseQemuVersion } from '../../../electron/core/guests/qemuVersion.ts';
import { exceededMemoryMiB } from '../../../electron/host/process/limitProcess.ts';
import { scratch } from '../../support/scratch.ts';

describe('names', () => {
  test('a free name stays, a taken one gets the next free number', () => {
    expect(uniqueName('MINIX', [])).toBe('MINIX');
    expect(uniqueName('MINIX', ['MINIX', 'MINIX 2'])).toBe('MINIX 3');
  });

  test('names that look the same are the same', () => {
    expect(isNameTaken('é', ['E\u0301'])).toBe(true);
    expect(isNameTaken('minix', ['MINIX'])).toBe(true);
    expect(isNameTaken('minix 2', ['minix'])).toBe(false);
  });

  test.each(['Petri for i386', '../../etc/passwd', 'Ядро', '"; rm -rf /', 'a'.repeat(120), '-x-'])('%j becomes an identifier that is safe everywhere', (name) => {
    expect(identifier.safeParse(guestId(name, '1a2b')).success).toBe(true);
  });
});

describe('acts', () => {
  const states = ['stopped', 'starting', 'running', 'paused', 'stopping'] as const;
  test.each<[GuestAct, (typeof states)[number][]]>([
    ['start', ['stopped']],
    ['pause', ['running']],
    ['resume', ['paused']],
    ['reset', ['running', 'paused']],
    ['powerDown', ['running', 'paused']],
    ['kill', ['running', 'paused', 'stopping']],
    ['remove', ['stopped']],
  ])('%s is possible when %j and refused otherwise', (act, possible) => {
    expect(states.filter((state) => isPossible(act, state))).toEqual(possible);
  });

  test('a refusal names the guest, its state and what was wanted', () => {
    expect(() => refuseUnlessPossible('remove', 'one', 'running')).toThrow('one is running, so it cannot be deleted.');
  });
});

describe('ends', () => {
  const quiet = { exitCode: 0, signal: null, stderrTail: '', reason: null };
  const machine = { guest: 'one', at: '2026-01-01T00:00:00.000Z', argv: ['qemu', '-S'], end: quiet, killed: false, lastLine: 'last', memoryLimitMiB: null };

  test.each([
    ['the guest switched itself off', { end: { ...quiet, reason: 'guest-shutdown' } }, 'poweredDown'],
    ['Petri killed it', { killed: true, end: { ...quiet, exitCode: null, signal: 'SIGKILL' } }, 'killed'],
    ['a signal from outside', { end: { ...quiet, reason: 'host-signal' } }, 'crashed'],
    ['QEMU aborted', { end: { ...quiet, exitCode: null, signal: 'SIGABRT' } }, 'crashed'],
    ['QEMU left without a word', {}, 'crashed'],
  ])('%s', (_name, change, how) => {
    const end = describeEnd({ ...machine, ...change });
    expect(end.how).toBe(how);
    expect(end.failure === null).toBe(how !== 'crashed');
  });

  test('a crash carries the last line, the command and QEMU’s own words', () => {
    const { failure } = describeEnd({ ...machine, end: { exitCode: null, signal: 'SIGABRT', stderrTail: 'assertion failed', reason: null } });
    expect(failure).toEqual({
      code: 'GUEST_ENDED',
      details: { guest: 'one', lastLine: 'last', failure: { command: 'qemu', args: ['-S'], exitCode: null, signal: 'SIGABRT', stderrTail: 'assertion failed', cancelled: false } },
    });
  });

  test('an end at a memory limit names the limit, in the error and in the life', () => {
    const end = describeEnd({ ...machine, end: { ...quiet, exitCode: null, signal: 'SIGKILL' }, memoryLimitMiB: 24 });
    if (end.failure === null) throw new Error('it is no failure');
    expect(explain(end.failure)).toMatchObject({ what: 'one used up its memory limit of 24 MiB, so the kernel ended QEMU.', fix: expect.stringContaining('Raise the limit') as string });
    expect(endWords(end)).toBe('the kernel ended QEMU at its memory limit of 24 MiB; last line: last');
    expect(endWords(describeEnd(machine))).toBe('last');
  });

  test.each([
    ['memory.events', 'low 0\nhigh 0\nmax 41\noom 1\noom_kill 1\n', 'memory.max', 24],
    ['memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n', 'memory.limit_in_bytes', 24],
    ['memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n', 'memory.limit_in_bytes', null],
    ['memory.events', 'oom 3\noom_kill 0\n', 'memory.max', null],
  ])('that the kernel ended a process for its limit is read from %s: %j', async (kills, content, limit, expected) => {
    const group = scratch();
    writeFileSync(join(group, kills), content);
    writeFileSync(join(group, limit), String(24 * 1024 * 1024));
    expect(await exceededMemoryMiB([scratch(), group])).toBe(expected);
  });

  test('a loss says so, with what was found', () => {
    expect(describeLoss({ ...machine, stderrTail: 'words' })).toMatchObject({ how: 'lost', failure: { details: { failure: { stderrTail: 'words' } } } });
  });
});

test.each([
  ['', ''],
  ['one\r\ntwo\r\n', 'two'],
  ['one\npetri# ', 'petri# '],
  ['x'.repeat(500), 'x'.repeat(200)],
])('the last line of %j is %j', (text, expected) => {
  expect(lastLine(text)).toBe(expected);
});

describe('the version of QEMU', () => {
  test.each([
    ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright', { version: '7.2.22', package: 'Debian 1:7.2+dfsg-7+deb12u18+b3' }],
    ['QEMU emulator version 10.0.2', { version: '10.0.2', package: null }],
    ['QEMU emulator version 9.1.0-rc3 (v9.1.0-rc3)', { version: '9.1.0', package: 'v9.1.0-rc3' }],
    ['bash: version 5', null],
    ['', null],
  ])('%j', (output, expected) => {
    expect(parseQemuVersion(output)).toEqual(expected);
  });

  test.each([
    ['7.2.22', '6.2.0', true],
    ['6.2.0', '6.2.0', true],
    ['6.1.99', '6.2.0', false],
    ['10.0.0', '6.2.0', true],
    ['6.10.0', '6.2.0', true],
  ])('%s is at least %s: %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
