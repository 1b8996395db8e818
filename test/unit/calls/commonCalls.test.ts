import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCallNames } from '../../../electron/core/calls/callNames.ts';
import { loadCommonCalls } from '../../../electron/core/calls/commonCalls.ts';
import { decoderOf } from '../../../electron/core/calls/decoders.ts';
import { createBpftraceReader } from '../../../electron/host/instruments/bpftrace/bpftraceLines.ts';
import { bpftraceTracer } from '../../../electron/host/instruments/bpftrace/bpftrace.ts';
import { createStraceReader } from '../../../electron/host/instruments/strace/straceLines.ts';
import { readResource } from '../../../electron/host/storage/resources.ts';
import { failureOf } from '../../support/refusal.ts';
import { CALLS, decoder, names } from './loaded.ts';

const common = loadCommonCalls('common.yaml', readResource(join(CALLS, 'common.yaml')).data);

it('the common calls are the 33 that are named, not the 45 that are announced, and every system’s name for one is in its table', () => {
  expect(common).toMatchObject({ announced: 45, named: 33 });
  const known = (id: string): Set<string> => new Set(names.filter((table) => table.id === id || (id === 'mach' && table.id === 'hurd')).flatMap(({ numbers }) => Object.values(numbers)));
  for (const [id, words] of Object.entries(common.systems)) for (const [word, name] of Object.entries(words)) if (name !== null) expect([id, word, known(id).has(name)]).toEqual([id, word, true]);
});

it('names that do not fit are refused with every problem', async () => {
  const good = { id: 'x', title: 'X', source: { title: 's', version: '1', url: null }, licence: 'l', verified: null, numbers: { 1: 'a' } };
  expect(loadCallNames('x.yaml', good)).toMatchObject({ ranges: [], traps: {} });
  for (const bad of [{ ...good, numbers: { one: 'a' } }, { ...good, source: {} }, { ...good, verified: true }, { ...good, more: 1 }, { ...good, ranges: [{ from: 0, to: 9, class: 'a' }, { from: 9, to: 10, class: 'b' }] }])
    expect(await failureOf(() => loadCallNames('x.yaml', bad))).toMatchObject({ code: 'RESOURCE_INVALID', details: { file: 'x.yaml' } });
  expect(await failureOf(() => loadCommonCalls('common.yaml', { ...common, named: 32 }))).toMatchObject({ code: 'RESOURCE_INVALID' });
  expect(decoderOf('mach', names.filter(({ id }) => id !== 'hurd')), 'names that it needs are missing').toBeNull();
  expect(decoderOf('none', names)).toBeNull();
});

it('a program of 32 bits under strace is read by the numbers of i386', () => {
  const reader = createStraceReader({ entry: { kind: 'syscall' }, register: 'rax', compatible: { entry: { kind: 'int', vector: 0x80 }, register: 'eax' } });
  const lines = [
    '7<sh> 100.000000 [  59] execve("./narrow", [...], 0x7 /* 1 var */) = 0 <0.000100>',
    '7<narrow> 100.000200 [  59] [ Process PID=7 runs in 32 bit mode. ]',
    '7<narrow> 100.000300 [   4] write(1, ""..., 6) = -1 EPIPE (Broken pipe) <0.000050>',
    '7<narrow> 100.000400 [   3] read(0,  <unfinished ...>',
    '7<narrow> 100.000900 [   3] <... read resumed>"", 1) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000500>',
    'rubbish',
  ];
  const events = lines.flatMap((line) => reader.take(line));
  const linux = decoder('linux-x86_64');
  expect(events.map((event) => (event.kind === 'call' ? linux.decode(event)?.name : BigInt.asIntN(64, event.result)))).toEqual(['execve', 0n, 'write', -32n, 'read', -512n]);
  expect(events.map(({ atNs }) => atNs)).toEqual([0, 100_000, 300_000, 350_000, 400_000, 900_000]);
  expect(reader.nameOf(7n)).toBe('narrow');
});

it('bpftrace’s lines are calls and returns of threads, with the program’s name', async () => {
  const reader = createBpftraceReader();
  const events = ['Attaching 2 probes...', 'c 1000 7 8 0 a program', 'r 1500 7 8 -11 a program'].flatMap((line) => reader.take(line));
  expect(events).toMatchObject([{ kind: 'call', atNs: 0, context: { space: 7n, thread: 8n }, registers: { rax: 0n } }, { kind: 'return', atNs: 500, result: BigInt.asUintN(64, -11n) }]);
  expect(reader.nameOf(7n)).toBe('a program');
  expect((await bpftraceTracer.probe()).reason, 'why, or that it works').not.toBe('');
});
