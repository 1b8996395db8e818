import { describe, expect, onTestFinished, test } from 'vitest';
import { LONGEST_LINE, compilePattern, nothingSearched, searchChunk, searchEnd, type Match } from '../../../electron/core/consoles/search.ts';
import { openByteLog, type ByteLog } from '../../../electron/host/consoles/byteLog.ts';
import { searchLog, type SearchResult } from '../../../electron/host/consoles/searchLog.ts';
import { textCodec } from '../../../electron/host/consoles/textCodec.ts';
import { searchConsole } from '../../../electron/lab/consoles/search.ts';
import { scratch } from '../../support/scratch.ts';

/** Searches a text that arrives in chunks of some length. */
function find(kind: 'text' | 'expression', wanted: string, text: string | Buffer, chunkLength: number): Match[] {
  const pattern = compilePattern(kind, wanted, textCodec);
  const binary = Buffer.from(text).toString('latin1');
  let state = nothingSearched;
  const found: Match[] = [];
  for (let at = 0; at < binary.length; at += chunkLength) {
    state = searchChunk(state, binary.slice(at, at + chunkLength), at, pattern, textCodec);
    found.push(...state.matches);
  }
  return [...found, ...searchEnd(state, pattern, textCodec)];
}

function logOf(...parts: (string | Buffer)[]): ByteLog {
  const log = openByteLog(scratch(), { retentionBytes: () => 500_000_000 });
  onTestFinished(() => log.dispose());
  parts.forEach((part, index) => log.append(Buffer.from(part), 1_000 * (index + 1)));
  return log;
}

const search = (log: ByteLog, kind: 'text' | 'expression', pattern: string, limit = 100, limitMs?: number): Promise<SearchResult> =>
  searchLog({ files: log.files(), kind, pattern, limit }, undefined, limitMs);

describe('a search', () => {
  const boot = 'MINIX 3.4.0\r\nCPU 0 freq 2100 MHz\nlogin: ';

  test.each([1, 3, 7, 1_000])('finds text and expressions across chunks of %i bytes', (length) => {
    expect(find('text', 'freq', boot, length)).toEqual([{ offset: 19, line: 'CPU 0 freq 2100 MHz' }]);
    expect(find('expression', '^CPU \\d+ freq (\\d+) MHz$', boot, length)).toEqual([{ offset: 13, line: 'CPU 0 freq 2100 MHz' }]);
    expect(find('expression', '^login: $', boot, length)).toEqual([{ offset: 33, line: 'login: ' }]);
    expect(find('expression', '3\\.4\\.0$', boot, length)).toEqual([{ offset: 6, line: 'MINIX 3.4.0' }]);
  });

  test('gives offsets in bytes where letters have several', () => {
    const text = 'größe: 5 µs\n日本語 boot\n';
    expect(find('text', 'boot', text, 5)).toEqual([{ offset: Buffer.byteLength('größe: 5 µs\n日本語 '), line: '日本語 boot' }]);
    expect(find('expression', 'b.ot', text, 5)).toEqual([{ offset: Buffer.byteLength('größe: 5 µs\n日本語 '), line: '日本語 boot' }]);
    expect(find('text', '日本', text, 5)[0]?.offset).toBe(Buffer.byteLength('größe: 5 µs\n'));
  });

  test('finds what stands beside bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('ok\n'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from(' panic: here\n')]);
    expect(find('text', 'panic', bytes, 4)[0]?.offset).toBe(7);
    expect(find('expression', 'panic', bytes, 4)[0]?.line).toContain('panic: here');
  });

  test('finds text in a line that never ends, also where a piece ends', () => {
    const endless = `${'x'.repeat(3 * LONGEST_LINE - 3)}needle${'x'.repeat(LONGEST_LINE)}`;
    for (const length of [1_000, LONGEST_LINE, 3 * LONGEST_LINE]) expect(find('text', 'needle', endless, length)[0]?.offset).toBe(3 * LONGEST_LINE - 3);
    expect(find('text', 'needle', endless, 1_000)[0]?.line.length).toBeLessThan(500);
  });
});

describe('a search of a log', () => {
  test('says when each line was printed', async () => {
    const log = logOf('first\n', 'second\n', 'third\n');
    const { matches, complete } = await searchConsole(log, { kind: 'expression', pattern: 'first|third', limit: 10 });
    expect(matches).toEqual([
      { offset: 0, line: 'first', atMs: 1_000 },
      { offset: 13, line: 'third', atMs: 3_000 },
    ]);
    expect(complete).toBe(true);
  });

  test('stops at its limit and says that there is more', async () => {
    const log = logOf('a\n'.repeat(50));
    expect((await search(log, 'text', 'a', 50)).complete).toBe(true);
    const some = await search(log, 'text', 'a', 10);
    expect(some.matches).toHaveLength(10);
    expect(some.complete).toBe(false);
  });

  test('ends an expression that backtracks for ever, and gives what it found before', async () => {
    const log = logOf(`aaa!\n${'x'.repeat(300_000)}\n`, `${'a'.repeat(50_000)}?\n`);
    const { matches, complete } = await search(log, 'expression', '^(a+)+!', 10, 500);
    expect(matches.map(({ line }) => line)).toEqual(['aaa!']);
    expect(complete).toBe(false);
  });

  test('ends when the one who asked goes away', async () => {
    const log = logOf(`${'a'.repeat(50_000)}?\n`);
    const leaving = new AbortController();
    const found = searchLog({ files: log.files(), kind: 'expression', pattern: '^(a+)+!', limit: 1 }, leaving.signal, 100_000);
    leaving.abort();
    expect((await found).complete).toBe(false);
  });

  test('refuses an expression that is none', async () => {
    await expect(searchConsole(logOf('x'), { kind: 'expression', pattern: '(', limit: 1 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('goes through a million lines, and through 50 MB without a line end', async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `[${(index / 1_000).toFixed(6)}] device ${index % 977} is ready\n`).join('');
    const log = logOf(...Array.from({ length: 10 }, () => lines), 'the last line\n', Buffer.alloc(50_000_000, 'z'), 'END');
    expect((await search(log, 'text', 'the last line', 100, 60_000)).matches).toHaveLength(1);
    expect((await search(log, 'expression', '^the last .*$', 100, 60_000)).matches).toHaveLength(1);
    expect((await search(log, 'text', 'zEND', 100, 60_000)).matches[0]?.offset).toBe(log.end - 4);
  });
});
