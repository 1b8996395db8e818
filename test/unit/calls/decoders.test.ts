import { describe, expect, it } from 'vitest';
import { decoderIds } from '../../../electron/core/calls/decoders.ts';
import { entryText } from '../../../electron/core/calls/decodedCall.ts';
import type { CallEntry } from '../../../electron/core/traces/traceEvent.ts';
import { back, call, decoder, minixMessage, names } from './loaded.ts';

const int = (vector: number): CallEntry => ({ kind: 'int', vector });

describe('MINIX 3.4', () => {
  const minix = decoder('minix-3.4');
  const fork = minixMessage(0x002);

  it.each([
    { entry: int(0x21), registers: { ecx: 3, eax: 0, ebx: 0x8000 } },
    { entry: int(0x23), registers: { ecx: 3, eax: 0, ebx: 0x8000 } },
    { entry: { kind: 'sysenter' } as const, registers: { ecx: 3, eax: 0, ebx: 0x8000, edi: 35 } },
    { entry: { kind: 'syscall' } as const, registers: { ecx: 0xbad, edx: 3, eax: 0, ebx: 0x8000, edi: 35 } },
    { entry: { kind: 'svc' } as const, registers: { r0: 3, r1: 0, r2: 0x8000, r3: 33 } },
  ])('reads a request to PM that comes by $entry', ({ entry, registers }) => {
    expect(minix.decode(call(entry, registers, { message: fork }))).toMatchObject({ name: 'PM_FORK', number: 2, named: true, class: 'PM', operation: 'SENDREC', target: { number: 0, name: 'pm' }, exchange: 'roundTrip' });
  });

  it.each([
    { entry: int(0x20), registers: { eax: 0x8000 } },
    { entry: int(0x22), registers: { eax: 0x8000 } },
    { entry: { kind: 'sysenter' } as const, registers: { eax: 0x8000, edi: 34 } },
    { entry: { kind: 'syscall' } as const, registers: { eax: 0x8000, edi: 34 } },
    { entry: { kind: 'svc' } as const, registers: { r0: 0x8000, r3: 32 } },
  ])('reads a kernel call that comes by $entry', ({ entry, registers }) => {
    expect(minix.decode(call(entry, registers, { message: minixMessage(0x619) }))).toMatchObject({ name: 'SYS_TIMES', class: 'kernel', operation: null, exchange: null });
  });

  it('names every operation, and a request without its message by the operation', () => {
    const named = [1, 2, 3, 4, 5, 6, 16, 7].map((ecx) => minix.decode(call(int(33), { ecx, eax: 1, ebx: 0 }))?.name);
    expect(named).toEqual(['SEND', 'RECEIVE', 'SENDREC', 'NOTIFY', 'SENDNB', 'MINIX_KERNINFO', 'SENDA', 'operation 7']);
    expect(minix.decode(call(int(33), { ecx: 7, eax: 1, ebx: 0 }))?.named).toBe(false);
  });

  it('tells a reply from a request that is sent', () => {
    const sent = (eax: number, type: number) => minix.decode(call(int(33), { ecx: 1, eax, ebx: 0 }, { message: minixMessage(type) }));
    expect(sent(40_000, -2)).toMatchObject({ name: 'reply', class: 'reply' });
    expect(sent(40_000, 2)).toMatchObject({ name: 'reply' });
    expect(sent(1, 0x101)).toMatchObject({ name: 'VFS_WRITE', class: 'VFS' });
    expect(sent(5, 0x403)).toMatchObject({ name: 'CDEV_WRITE', class: 'CDEV', target: { name: 'tty' } });
  });

  it('reads the request under the number that VFS adds for file systems', () => {
    expect(minix.decode(call(int(33), { ecx: 3, eax: 10, ebx: 0 }, { message: minixMessage((0xa08 << 16) | 0xb07) }))).toMatchObject({ name: 'REQ_STAT', number: 0xa08, class: 'FS' });
  });

  it('knows what the servers and drivers are asked', () => {
    const at = (type: number) => minix.decode(call(int(33), { ecx: 3, eax: 2, ebx: 0 }, { message: minixMessage(type) }));
    expect([0x700, 0x800, 0xc01, 0x501, 0xf03, 0x1800, 0x1900].map((type) => at(type)?.class)).toEqual(['RS', 'DS', 'VM', 'BDEV', 'SCHED', 'MIB', 'SDEV']);
    expect(at(0x7777)).toMatchObject({ name: 'message 30583', named: false });
  });

  it('finds errors where each kind of call has them', () => {
    const read = minix.decode(call(int(33), { ecx: 3, eax: 1, ebx: 0 }, { message: minixMessage(0x100) }));
    const receive = minix.decode(call(int(33), { ecx: 2, eax: 0x7c00, ebx: 0 }));
    if (read === null || receive === null) throw new Error('not decoded');
    expect(minix.outcome(read, back(0, { message: minixMessage(-9) }))).toEqual({ error: true, errorNumber: 9 });
    expect(minix.outcome(read, back(0, { message: minixMessage(512) }))).toEqual({ error: false, errorNumber: null });
    expect(minix.outcome(read, back(0xffffff9a))).toEqual({ error: true, errorNumber: 102 });
    expect(minix.outcome(read, back(0)), 'nobody read the answer').toEqual({ error: null, errorNumber: null });
    expect(minix.outcome(receive, back(0, { message: minixMessage(-9) })), 'what is received is no result').toEqual({ error: false, errorNumber: null });
    expect(receive.target).toEqual({ number: 0x7c00, name: 'any' });
  });

  it('takes no other interrupt for a call', () => {
    expect([int(0x0e), int(0x80), int(0x24), { kind: 'callGate' } as const].map((entry) => minix.decode(call(entry, { ecx: 3, eax: 0, ebx: 0 })))).toEqual([null, null, null, null]);
  });
});

describe('older MINIX', () => {
  it.each(['minix-3.1', 'minix-3.2'])('%s has one row of numbers for PM and VFS', (id) => {
    const read = (eax: number, type: number) => decoder(id).decode(call(int(33), { ecx: 3, eax, ebx: 0 }, { message: minixMessage(type) }));
    expect([read(0, 1)?.name, read(0, 2)?.name, read(1, 3)?.name, read(1, 59)?.name]).toEqual(['EXIT', 'FORK', 'READ', 'EXEC']);
    expect(decoder(id).decode(call(int(32), { eax: 0x8000 }, { message: minixMessage(0x619) }))?.name).toBe('SYS_TIMES');
  });

  it('MINIX 2 sends and receives with function 3, and asks tasks by numbers of their own', () => {
    const minix = decoder('minix-2');
    const ask = (eax: number, type: number) => minix.decode(call(int(0x21), { ecx: 3, eax, ebx: 0 }, { message: minixMessage(type) }));
    expect(ask(1, 3)).toMatchObject({ name: 'READ', target: { name: 'fs' }, exchange: 'roundTrip' });
    expect(ask(0, 2)).toMatchObject({ name: 'FORK', target: { name: 'mm' } });
    expect(ask(-2, 4)).toMatchObject({ name: 'SYS_FORK', class: 'kernel' });
    expect(ask(-3, 3)).toMatchObject({ name: 'GET_TIME', class: 'clock' });
    expect(ask(-9, 3)).toMatchObject({ name: 'DEV_READ', class: 'driver' });
  });

  it('MINIX 2’s programs of 16 bits have shorter messages and another vector', () => {
    const message = new Uint8Array(32);
    message.set([7, 0, 4, 0, 0xff, 0xff]);
    expect(decoder('minix-2').decode(call(int(0x20), { ecx: 0x1234_0003, eax: 0x5678_0001, ebx: 0 }, { message }))).toMatchObject({ name: 'WRITE', target: { number: 1 } });
  });
});

describe('Linux', () => {
  it('reads the number of each convention', () => {
    expect(decoder('linux-x86_64').decode(call({ kind: 'syscall' }, { rax: 0 }))?.name).toBe('read');
    expect(decoder('linux-i386').decode(call(int(0x80), { eax: 3 }))?.name).toBe('read');
    expect(decoder('linux-i386').decode(call({ kind: 'sysenter' }, { eax: 4 }))?.name).toBe('write');
    expect(decoder('linux-arm').decode(call({ kind: 'svc' }, { r7: 3 }))?.name).toBe('read');
    expect(decoder('linux-arm').decode(call({ kind: 'svc' }, { r7: 0xf0005 }))?.name).toBe('set_tls');
  });

  it('names a program of 32 bits on x86_64 by the numbers of i386', () => {
    expect(decoder('linux-x86_64').decode(call(int(0x80), { rax: 4 }))).toMatchObject({ name: 'write', system: 'linux-i386' });
    expect(decoder('linux-x86_64').decode(call({ kind: 'syscall' }, { rax: 0x4000_0001 }))?.name, 'x32').toBe('write');
  });

  it('says a number that the table lacks in words', () => {
    expect(decoder('linux-x86_64').decode(call({ kind: 'syscall' }, { rax: 9_999 }))).toMatchObject({ name: 'system call 9999', named: false });
  });

  it('has errors from -4095 to -1 in the width of the convention', () => {
    const outcomes = (id: string, entry: CallEntry, register: string, results: readonly bigint[]) => {
      const read = decoder(id).decode(call(entry, { [register]: 3 }));
      if (read === null) throw new Error('not decoded');
      return results.map((result) => decoder(id).outcome(read, back(result)).errorNumber);
    };
    expect(outcomes('linux-x86_64', { kind: 'syscall' }, 'rax', [-2n, -4095n, -4096n, 0xffff_fffen, 0n])).toEqual([2, 4095, null, null, null]);
    expect(outcomes('linux-arm', { kind: 'svc' }, 'r7', [0xffff_fffen, 0xb000_0000n])).toEqual([2, null]);
    expect(outcomes('linux-i386', int(0x80), 'eax', [0xffff_fffen, 0xb000_0000n])).toEqual([2, null]);
  });
});

describe('Mach', () => {
  const mach = decoder('mach');
  const wideMessage = (id: number) => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setInt32(28, id, true);
    return bytes;
  };

  it('names traps by their numbers below zero, by call gate and SYSCALL', () => {
    expect(mach.decode(call({ kind: 'callGate' }, { eax: 0xffff_ffe6 }))).toMatchObject({ name: 'mach_reply_port', number: -26 });
    expect(mach.decode(call({ kind: 'syscall' }, { rax: -28n, rsi: 0 }))).toMatchObject({ name: 'mach_task_self' });
    expect(mach.decode(call({ kind: 'syscall' }, { rax: -3n, rsi: 0 }))).toMatchObject({ name: 'trap -3', named: false });
    expect(mach.decode(call({ kind: 'syscall' }, { rax: 1, rsi: 0 }))).toBeNull();
  });

  it('names a message by its id, and a reply by the request’s', () => {
    const sent = (id: number, option: number) => mach.decode(call({ kind: 'syscall' }, { rax: -25n, rsi: option }, { message: wideMessage(id) }));
    expect(sent(21_001, 3)).toMatchObject({ name: 'io_read', system: 'hurd', class: 'io', exchange: 'roundTrip', operation: 'mach_msg' });
    expect(sent(21_101, 1)).toMatchObject({ name: 'io_read reply', exchange: 'send' });
    expect(sent(2021, 3)).toMatchObject({ name: 'vm_allocate', system: 'mach', class: 'mach' });
    expect(sent(21_001, 2)).toMatchObject({ name: 'mach_msg', exchange: 'receive' });
  });

  it('has the id at byte 20 where ports have 32 bits', () => {
    const message = new Uint8Array(32);
    new DataView(message.buffer).setInt32(20, 20_018, true);
    expect(mach.decode(call({ kind: 'callGate' }, { eax: 0xffff_ffe7 }, { message }))).toMatchObject({ named: true, class: 'fs', exchange: null });
  });

  it('takes no port for a failure where a port is the answer, and anything but zero where a code is', () => {
    const outcome = (trap: bigint, result: bigint) => {
      const decoded = mach.decode(call({ kind: 'syscall' }, { rax: trap, rsi: 3 }));
      if (decoded === null) throw new Error('not decoded');
      return mach.outcome(decoded, back(result)).error;
    };
    expect([outcome(-26n, 5n), outcome(-26n, 0n), outcome(-25n, 0n), outcome(-25n, 0x1000_0004n), outcome(-60n, 1n)]).toEqual([false, true, false, true, false]);
  });
});

describe('the names that ship', () => {
  it('serve every decoder, and each says its source', () => {
    expect(decoderIds.map((id) => decoder(id).id)).toEqual([...decoderIds]);
    for (const { id, source, licence } of names) expect([id, source.title, source.version, licence].join('|')).not.toMatch(/\|\||undefined/);
  });

  it('give each number of MINIX 3.4 a class that its range has', () => {
    const counts = (names.find(({ id }) => id === 'minix-3.4')?.ranges ?? []).map(({ class: group, from, to }) => [group, Object.keys(names.find(({ id }) => id === 'minix-3.4')?.numbers ?? {}).filter((number) => Number(number) >= from && Number(number) <= to).length]);
    expect(Object.fromEntries(counts)).toMatchObject({ PM: 47, VFS: 64, kernel: 46 });
  });

  it('call entries by their instruction or vector', () => {
    expect([int(0x21), { kind: 'svc' } as const].map(entryText)).toEqual(['int 0x21', 'svc']);
  });
});
