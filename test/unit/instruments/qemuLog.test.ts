import { describe, expect, it } from 'vitest';
import { beginLog, endLog, readLog } from '../../../electron/core/instruments/qemuLog.ts';
import type { LoggedEvent } from '../../../electron/core/instruments/qemuLogState.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';

const draw = drawNumbers('damaged logs of exceptions');

/** As QEMU 7.2 wrote it of the built-in guest. */
const I386 = `CR0 update: CR0=0x60000010
CR3 update: CR3=00119018
Servicing hardware INT=0x50
     7: v=50 e=0000 i=0 cpl=3 IP=001b:001058f7 pc=001058f7 SP=0023:8000fe80 env->regs[R_EAX]=8000ff44
EAX=00000001 EBX=00000000 ECX=02000000 EDX=02000628
CR0=80010011 CR2=80100000 CR3=00119000 CR4=00000000
check_exception old: 0xffffffff new 0xe
    71: v=0e e=0006 i=0 cpl=3 IP=001b:00108673 pc=00108673 SP=0023:8000fe84 CR2=80100000
EAX=80100000 EBX=8000ff8c ECX=00000002 EDX=00000000
ESI=8000fea8 EDI=8000ffa8 EBP=8000ff2c ESP=8000fe84
EIP=00108673 EFL=00000a86 [-OS--P-] CPL=3 II=0 A20=1 SMM=0 HLT=0
GS =0023 00000000 ffffffff 00cff300 DPL=3 DS   [-WA]
CR0=80010011 CR2=80100000 CR3=00121000 CR4=00000000
    73: v=21 e=0000 i=1 cpl=3 IP=001b:00105907 pc=00105907 SP=0023:8000ff0c env->regs[R_EAX]=0000000d
EAX=0000000d EBX=8000ff44 ECX=00000001 EDX=8000ffa8
ESI=8000ff4c EDI=8000ffa8 EBP=8000ff8c ESP=8000ff0c
CR0=80010011 CR2=80101000 CR3=00122000 CR4=00000000
    74: v=0d e=0000 i=0 cpl=0 IP=0008:00105907 pc=00105907 SP=0023:8000ff0c env->regs[R_EAX]=0000000d
CR0=80010011 CR2=80101000 CR3=00122000 CR4=00000000
`;
const ARM = `Taking exception 5 [IRQ] on CPU 1
...from EL0 to EL1
...with ESR 0x0/0x0
AArch32 mode switch from irq to svc PC 0x402006dc
Taking exception 2 [SVC] on CPU 0
...from EL0 to EL1
...with ESR 0x11/0x46000000
Exception return from AArch32 svc to usr PC 0x402071c4
Taking exception 4 [Data Abort] on CPU 0
...from EL0 to EL1
...with ESR 0x24/0x9200007f
...with DFSR 0x80f DFAR 0x80100000
AArch32 mode switch from abt to svc PC 0x402006c0
Taking exception 3 [Prefetch Abort] on CPU 0
...from EL1 to EL1
...with IFSR 0x5 IFAR 0x100
Taking exception 4 [Data Abort] on CPU 0
...from EL0 to EL1
...with DFSR 0x1 DFAR 0x3
`;
/** 64-bit ARM has the syndrome only. */
const AARCH64 = `Taking exception 4 [Data Abort] on CPU 0
...from EL0 to EL1
...with ESR 0x24/0x92000046
...with FAR 0xaaaab000
...with ELR 0xaaaa0000
...to EL1 PC 0xffff800010010800 PSTATE 0x3c5
`;
/** 64-bit PCs write registers of 16 digits. */
const X86_64 = `    12: v=80 e=0000 i=1 cpl=3 IP=0033:0000000000401000 pc=0000000000401000 SP=002b:00007ffd00001000 env->regs[R_EAX]=0000000000000014
RAX=0000000000000014 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000000
RSI=0000000000000001 RDI=0000000000000002 RBP=0000000000000000 RSP=00007ffd00001000
R8 =0000000000000003 R9 =0000000000000004 R10=0000000000000005 R11=0000000000000006
FS =0000 00007f1200345000 00000000 00000000
GS =0000 0000000000000000 00000000 00000000
CR0=80050033 CR2=0000000000000000 CR3=0000000012345067 CR4=000006f0
`;

const read = (architecture: 'i386' | 'x86_64' | 'arm' | 'aarch64', text: string): LoggedEvent[] => {
  const { state, events } = readLog(beginLog(architecture), text);
  return [...events, ...endLog(state)];
};

describe('QEMU’s log of exceptions', () => {
  it('of a PC has calls with their registers, faults with their address, loads of CR3 and interrupts of devices, and no other exceptions', () => {
    expect(read('i386', I386)).toMatchObject([
      { kind: 'space', space: 0x119000n, atNs: 0, instructions: null },
      { kind: 'interrupt', vector: 0x50 },
      { kind: 'fault', address: 0x8010_0000n, write: true, user: true, protection: false, execute: false, context: { space: 0x121000n, thread: 0x8000_f000n } },
      { kind: 'call', entry: { kind: 'int', vector: 0x21 }, registers: { eax: 0xdn, ebx: 0x8000_ff44n, edi: 0x8000_ffa8n }, context: { space: 0x122000n }, message: null },
    ]);
    const [call] = read('x86_64', X86_64);
    expect(call).toMatchObject({ kind: 'call', registers: { rax: 20n, rdi: 2n, r8: 3n, r10: 5n }, context: { space: 0x1234_5000n, thread: 0x7f12_0034_5000n } });
  });

  it('of ARM has calls without registers, page faults and no other aborts, and says the CPU', () => {
    expect(read('arm', ARM)).toMatchObject([
      { kind: 'interrupt', vcpu: 1 },
      { kind: 'call', entry: { kind: 'svc' }, registers: {} },
      { kind: 'fault', address: 0x8010_0000n, write: true, user: true, protection: true, execute: false },
      { kind: 'fault', address: 0x100n, write: false, user: false, protection: false, execute: true },
    ]);
    expect(read('aarch64', AARCH64)).toMatchObject([{ kind: 'fault', address: 0xaaaa_b000n, write: true, user: true, protection: false }]);
  });

  it.each([['i386', I386], ['arm', ARM], ['aarch64', AARCH64], ['x86_64', X86_64]] as const)('is the same wherever it is cut (%s)', (architecture, text) => {
    const whole = read(architecture, text);
    for (let cut = 0; cut <= text.length; cut++) {
      const first = readLog(beginLog(architecture), text.slice(0, cut));
      const second = readLog(first.state, text.slice(cut));
      expect([...first.events, ...second.events, ...endLog(second.state)]).toEqual(whole);
    }
  });

  it('that is damaged gives events or none, and never worse; a line without an end is not kept', () => {
    for (let times = 0; times < 300; times++) {
      const [at, length] = [draw(0, I386.length), draw(1, 80)];
      expect(() => read('i386', I386.slice(0, at) + String.fromCharCode(draw(0, 255)).repeat(length) + I386.slice(at + length))).not.toThrow();
      expect(() => read('arm', ARM.slice(0, at) + String.fromCharCode(draw(0, 255)).repeat(length) + ARM.slice(at + length))).not.toThrow();
    }
    expect(readLog(beginLog('i386'), 'v='.repeat(100_000)).state.rest).toBe('');
  });
});
