import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeclaredError } from '../../../electron/contract/errors.ts';
import type { PhaseTable } from '../../../electron/contract/measurements.ts';
import { beginPhases, finishPhases, lastLineOf, matchPhases, missingPhases, type PhaseProgress } from '../../../electron/core/measurements/phases.ts';
import { loadPhaseTable } from '../../../electron/core/measurements/phaseTables.ts';
import { builtin, phaseTable } from './runs.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** Each byte is stamped with its offset times 1,000 ns. */
function feed(start: PhaseProgress, bytes: Uint8Array): PhaseProgress {
  const from = start.byteCount;
  return matchPhases(start, { bytes, stampsNs: Array.from(bytes, (_, at) => (from + at) * 1_000) });
}

function feedChunks(table: PhaseTable, chunks: readonly (Uint8Array | string)[]): PhaseProgress {
  return chunks.reduce((state: PhaseProgress, chunk) => feed(state, typeof chunk === 'string' ? encode(chunk) : chunk), beginPhases(table));
}

function table(patterns: Record<string, string | null>, optional: readonly string[] = []): PhaseTable {
  const phases = Object.entries(patterns).map(([name, pattern]) => ({ name, title: name, pattern, optional: optional.includes(name), explanation: '' }));
  return { id: 'test', system: 'test', source: 'test', phases, prompt: null };
}

const bootText = `Petri guest 1 (i386)\n${builtin.phases.slice(0, 9).map(({ name }, at) => `[${String(at + 1).padStart(2)}/10] ${name}  evidence=1\n`).join('')}[10/10] shell_prompt  ok\npetri# `;

describe('the phases of a boot', () => {
  it('are stamped by the first byte of the matched text, a prompt without a line end included', () => {
    const progress = feedChunks(builtin, [bootText]);
    expect(progress.ended).toBe(true);
    const stamps = finishPhases(progress, builtin);
    for (const [position, { name }] of builtin.phases.entries()) {
      const offset = position === 9 ? bootText.indexOf('petri# ') : bootText.indexOf(`[${String(position + 1).padStart(2)}/10]`);
      expect(stamps[position]).toMatchObject({ name, status: 'seen', byteOffset: offset, atNs: offset * 1_000 });
    }
  });

  it('are the same however the bytes were cut into chunks', () => {
    const bytes = encode(bootText);
    const whole = finishPhases(feedChunks(builtin, [bytes]), builtin);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 30, maxLength: 400 }), (lengths) => {
        const chunks: Uint8Array[] = [];
        let from = 0;
        for (const length of [...lengths, bytes.length]) chunks.push(bytes.subarray(from, (from += length)));
        const stamps = finishPhases(feedChunks(builtin, chunks), builtin);
        expect(stamps.map((stamp) => (stamp.status === 'seen' ? stamp.atNs : null))).toEqual(whole.map((stamp) => (stamp.status === 'seen' ? stamp.atNs : null)));
      }),
    );
  });

  it('are found among invalid UTF-8, escape sequences, zero bytes and carriage returns', () => {
    const noise = Uint8Array.from([0xff, 0xfe, 0, 0x1b, 0x5b, 0x32, 0x4a, 0xc3, 0x28, 0x0d, 0x0a]);
    const progress = feedChunks(table({ one: '^one$', two: '^two# ' }), [noise, 'one\r\n', noise, 'two# ']);
    expect(progress.ended).toBe(true);
    expect(progress.seen.get('one')?.byteOffset).toBe(noise.length);
    expect(progress.seen.get('two')?.byteOffset).toBe(2 * noise.length + 5);
  });

  it('that are passed over stay missing, with the line that was seen before', () => {
    const five = table({ one: '^one', two: '^two', three: '^three', four: '^four', five: '^five' });
    const stamps = finishPhases(feedChunks(five, ['one\nbetween\nfour\ntwo\nthree\nfive\n']), five);
    expect(stamps.map(({ status }) => status)).toEqual(['seen', 'missing', 'missing', 'seen', 'seen']);
    expect(stamps[2]).toMatchObject({ seenLast: 'between' });
  });

  it('count at their first match only', () => {
    const two = table({ one: '^one', two: '^two' });
    expect(feedChunks(two, ['one\none\ntwo\n']).seen.get('one')?.byteOffset).toBe(0);
  });

  it('may stand on one growing line, one behind the other', () => {
    const hurd = table({ ext2fs: 'bootstrap: ext2fs', exec: ' exec', startup: ' startup' });
    const progress = feedChunks(hurd, ['Hurd server bootstrap: ext2fs[hd0s1]', ' ex', 'ec', ' startup proc']);
    expect([...progress.seen.values()].map(({ byteOffset }) => byteOffset)).toEqual([12, 36, 41]);
    expect(progress.ended).toBe(true);
  });

  it('do not match in the middle of a line where the pattern asks for its beginning', () => {
    const one = table({ one: '^x' });
    expect(feedChunks(one, ['abc', 'x']).ended).toBe(false);
    // Not even when the beginning of a very long line was let go.
    expect(feedChunks(one, ['y'.repeat(50_000), 'x'.repeat(50_000)]).ended).toBe(false);
    expect(feedChunks(one, ['y'.repeat(50_000), '\nx']).ended).toBe(true);
  });

  it('are found in and after 50 MB without a line end, with a bounded line', () => {
    const flood = new Uint8Array(50_000_000).fill(0x61);
    let progress = beginPhases(table({ one: 'needle', two: '^two' }));
    progress = matchPhases(progress, { bytes: flood, stampsNs: new Float64Array(flood.length) });
    expect(progress.line.text.length).toBeLessThanOrEqual(8_192);
    progress = feed(feed(progress, encode('need')), encode('le\ntwo'));
    expect(progress.seen.get('one')?.byteOffset).toBe(50_000_000);
    expect(progress.ended).toBe(true);
  });

  it('end with the last required phase and name what is missing', () => {
    const some = table({ one: '^one', silent: null, two: '^two', extra: '^extra' }, ['extra']);
    const progress = feedChunks(some, ['boot\none\nhal']);
    expect(missingPhases(progress, some)).toEqual(['two']);
    expect(lastLineOf(progress)).toBe('hal');
    expect(finishPhases(progress, some).map(({ status }) => status)).toEqual(['seen', 'unobservable', 'missing', 'missing']);
    expect(feed(progress, encode('\ntwo')).ended).toBe(true);
  });

  it('show the last line without its escapes and control characters', () => {
    expect(lastLineOf(feedChunks(builtin, ['\u001b[1;31mpanic:\u001b[0m caf\u00e9\u0007 \u001b]0;title\u0007end\n\r\n']))).toBe('panic: café end');
    expect(lastLineOf(feedChunks(builtin, [Uint8Array.from([0x61, 0xff, 0x62])]))).toBe('a\ufffdb');
  });

  it('say when the first byte came', () => {
    const late = matchPhases(beginPhases(builtin), { bytes: encode('x'), stampsNs: [77] });
    expect(feed(late, encode('y')).firstByteNs).toBe(77);
    expect(beginPhases(builtin).firstByteNs).toBeNull();
  });
});

describe('phase tables', () => {
  it.each(['builtin-i386', 'builtin-arm', 'minix3', 'minix2', 'gnumach', 'linux'])('of %s load and explain every phase', (id) => {
    const loaded = phaseTable(id);
    expect(loaded.id).toBe(id);
    for (const { explanation } of loaded.phases) expect(explanation.length).toBeGreaterThan(20);
  });

  it('find the lines of the guests that were seen to boot', () => {
    const seen = (id: string, text: string) => [...feedChunks(phaseTable(id), [text]).seen.keys()];
    expect(seen('minix3', 'cstart\r\nintr_init(0)\r\nmain()\r\nsystem_init()... done\r\nMINIX 3.4.0. Copyright 2016, Vrije\r\nCPU 0 freq 2400 MHz\r\nMinix/i386 (minix) (console)\r\n\r\nlogin: ')).toEqual([
      'cstart_phase', 'process_init', 'system_init', 'scheduler_ready', 'shell_prompt',
    ]);
    expect(seen('minix2', 'Minix  Release 2\nnoname login: ')).toEqual(['shell_prompt']);
    expect(seen('gnumach', 'GNU Mach 1.8+git20240410\r\nvm_page: page table size: 65472\r\nRTC time is 2026-01-01\r\nmodule 0: task\r\n')).toEqual(['entry', 'setup', 'machine', 'bootstrap']);
    expect(seen('linux', '[    0.000000] Linux version 6.1.0\r\n[    1.88] Freeing initrd memory: 1K\r\n[    3.04] Freeing unused kernel image (initmem)\r\n[    3.06] Run /init as init process\r\nlogin: ')).toEqual([
      'kernel_starts', 'initrd_freed', 'kernel_ready', 'init_starts', 'shell_prompt',
    ]);
  });

  it.each([
    ['a name that is given twice', { phases: [...builtin.phases, ...builtin.phases] }],
    ['a pattern that is no expression', table({ one: '(' })],
    ['nothing that can be observed', table({ one: null })],
    ['no phases', { ...builtin, phases: [] }],
  ])('with %s are refused', (_, change) => {
    expect(() => loadPhaseTable('f.json', { ...builtin, ...change })).toThrow(expect.objectContaining({ code: 'RESOURCE_INVALID' }) as DeclaredError);
  });
});
