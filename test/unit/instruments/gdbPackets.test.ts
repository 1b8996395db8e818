import { describe, expect, it } from 'vitest';
import { encodePacket, readPackets, readProgramCounter, readStop } from '../../../electron/core/instruments/gdbPackets.ts';

describe('the line to the debugger port', () => {
  it('has packets with the sum of their bytes, wherever the line is cut', () => {
    expect(encodePacket('vCont;s:1')).toBe('$vCont;s:1#23');
    const line = `+${encodePacket('OK')}junk${encodePacket('T05thread:02;')}-`;
    const whole = readPackets('', line).received;
    expect(whole).toEqual([{ kind: 'taken' }, { kind: 'packet', text: 'OK' }, { kind: 'packet', text: 'T05thread:02;' }, { kind: 'refused' }]);
    for (let cut = 0; cut <= line.length; cut++) {
      const first = readPackets('', line.slice(0, cut));
      expect([...first.received, ...readPackets(first.rest, line.slice(cut)).received]).toEqual(whole);
    }
  });

  it('calls a packet with another sum damaged, undoes escapes and repetitions, and forgets a line that never ends', () => {
    expect(readPackets('', '$OK#00').received).toEqual([{ kind: 'damaged' }]);
    expect(readPackets('', encodePacket('a}\u0003b')).received).toEqual([{ kind: 'packet', text: 'a#b' }]);
    expect(readPackets('', encodePacket('0* ')).received).toEqual([{ kind: 'packet', text: '0000' }]);
    expect(readPackets('', `$${'0'.repeat(100_000)}`).rest).toBe('');
  });

  it('tells why the guest stands, on which CPU and where', () => {
    expect(readStop('T05thread:03;')).toEqual({ kind: 'stopped', signal: 5, vcpu: 2 });
    expect(readStop('T02thread:p01.01;')).toEqual({ kind: 'stopped', signal: 2, vcpu: 0 });
    expect(readStop('S05')).toEqual({ kind: 'stopped', signal: 5, vcpu: 0 });
    expect(readStop('W00')).toEqual({ kind: 'gone' });
    expect(readStop('OK')).toBeNull();
    expect(readProgramCounter('i386', `${'00000000'.repeat(8)}102f1000`)).toBe(0x0010_2f10n);
    expect(readProgramCounter('x86_64', `${'0000000000000000'.repeat(16)}00000081ffffffff`)).toBe(0xffff_ffff_8100_0000n);
    expect(readProgramCounter('arm', `${'00000000'.repeat(15)}ac222040`)).toBe(0x4020_22acn);
    expect(readProgramCounter('i386', 'E22')).toBeNull();
  });
});
