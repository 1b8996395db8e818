import { describe, expect, test } from 'vitest';
import { keystrokesFor } from '../../../electron/core/consoles/keystrokes.ts';
import { allowLine, sshArguments, sshDoor, sshRefusal } from '../../../electron/core/consoles/sshLogin.ts';
import { openByteLog } from '../../../electron/host/consoles/byteLog.ts';
import { exportPart, type ExportFormat } from '../../../electron/lab/consoles/exportConsole.ts';
import { scratch } from '../../support/scratch.ts';

function logOf(...pieces: readonly (readonly [string | Uint8Array, number])[]) {
  const log = openByteLog(scratch(), { retentionBytes: () => 100_000_000 });
  for (const [bytes, atMs] of pieces) log.append(Buffer.from(bytes as Uint8Array), atMs);
  return log;
}

function exported(log: ReturnType<typeof logOf>, format: ExportFormat): { text: string; parts: number } {
  const parts: Uint8Array[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const part = exportPart('guest/a/serial0', log, format, from);
    parts.push(part.bytes);
    from = part.next;
  }
  return { text: Buffer.concat(parts).toString(), parts: parts.length };
}

describe('an export', () => {
  test('as text has no control sequence, and as bytes everything', () => {
    const log = logOf(['\u001b[32mok\u001b[0m\r\n10 %\r100 %\r\ncafé', 1_000]);
    expect(exported(log, 'text').text).toBe('ok\n100 %\ncafé');
    expect(exported(log, 'bytes').text).toBe('\u001b[32mok\u001b[0m\r\n10 %\r100 %\r\ncafé');
    expect(exported(logOf(), 'text')).toEqual({ text: '', parts: 1 });
  });

  test('of a long log comes in parts that cut neither a line nor a character', () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `\u001b[1mline ${index} é\u001b[0m\r\n`).join('');
    const { text, parts } = exported(logOf([lines, 0]), 'text');
    expect(parts).toBeGreaterThan(1);
    expect(text).toBe(Array.from({ length: 40_000 }, (_, index) => `line ${index} é\n`).join(''));
    const endless = 'é'.repeat(700_000);
    expect(exported(logOf([endless, 0]), 'text').text).toBe(endless);
  });

  test('as a recording has the times, in order whatever the clock did, and every character once', () => {
    const euro = Buffer.from('€');
    const log = logOf(['one\r\n', 10_000], [Buffer.concat([Buffer.from('t'), euro.subarray(0, 1)]), 10_500], [Buffer.concat([euro.subarray(1), Buffer.from('wo\r\n')]), 11_000], ['three', 10_100]);
    const [header, ...events] = exported(log, 'asciicast').text.trim().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(header).toEqual({ version: 2, width: 80, height: 24, timestamp: 10, title: 'guest/a/serial0' });
    expect(events).toEqual([[0, 'o', 'one\r\n'], [0.5, 'o', 't'], [1, 'o', '€wo\r\n'], [1, 'o', 'three']]);
  });

  test('as a recording has the size of the terminal, and each change of it before the bytes that it was made for', () => {
    const log = logOf(['one', 1_000], ['two', 2_000], ['three', 3_000]);
    const sizes = [{ offset: 0, atMs: 900, columns: 80, rows: 24 }, { offset: 3, atMs: 1_500, columns: 100, rows: 30 }, { offset: 11, atMs: 4_000, columns: 132, rows: 43 }];
    const [header, ...events] = Buffer.from(exportPart('guest/a/ssh0', log, 'asciicast', 0, sizes).bytes).toString().trim().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(header).toMatchObject({ width: 80, height: 24 });
    expect(events).toEqual([[0, 'o', 'one'], [0.5, 'r', '100x30'], [1, 'o', 'two'], [2, 'o', 'three'], [3, 'r', '132x43']]);
  });

  test('begins with what is still kept', () => {
    const log = openByteLog(scratch(), { retentionBytes: () => 64 * 1024 });
    for (let index = 0; index < 40; index += 1) log.append(Buffer.from(`${String(index).padStart(4, '0')}${'.'.repeat(10_235)}\n`), index);
    expect(log.first).toBeGreaterThan(0);
    expect(exported(log, 'bytes').text.length).toBe(log.end - log.first);
    expect(exported(log, 'asciicast').text).toMatch(/^\{"version":2/);
    log.dispose();
  });
});

describe('the way to a guest’s SSH server', () => {
  const forward = { protocol: 'tcp', link: null, hostPort: 2222 } as const;
  const network = (forwards: object[]) => ({ kind: 'user', card: 'e1000', outbound: 'open', forwards }) as never;

  test.each([
    ['by a forward to port 22', network([{ ...forward, name: 'web', guestPort: 80 }, { ...forward, name: 'ssh', guestPort: 22, hostPort: 2223 }]), 2223],
    ['by the one that is marked', network([{ ...forward, name: 'ssh', guestPort: 22 }, { ...forward, name: 'other', guestPort: 2200, link: 'ssh', hostPort: 2224 }]), 2224],
  ])('is found %s', (_words, given, port) => {
    expect(sshDoor({ name: 'a', sshUser: 'root', network: given })).toEqual({ port, user: 'root' });
  });

  test.each([
    [null, network([{ ...forward, name: 'ssh', guestPort: 22 }])],
    ['root', { kind: 'none' } as never],
    ['root', network([{ ...forward, name: 'dns', protocol: 'udp', guestPort: 22 }])],
    ['root', network([{ ...forward, name: 'ssh', guestPort: 22, hostPort: null }])],
  ])('is not there for %j with %j', (sshUser, given) => {
    expect(sshDoor({ name: 'a', sshUser, network: given })).toMatchObject({ reason: expect.stringMatching(/./) as string, fix: expect.stringMatching(/./) as string });
  });

  test('is taken with one key and nothing of the user’s', () => {
    const args = sshArguments({ guest: 'a-1', port: 2222, user: 'root', keyFile: 'key/id', knownHostsFile: 'hosts/a-1', logFile: 'l' });
    expect(args.slice(0, 2)).toEqual(['-F', 'none']);
    for (const option of ['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'UserKnownHostsFile=hosts/a-1', 'StrictHostKeyChecking=accept-new', 'ForwardAgent=no']) expect(args).toContain(option);
    expect(args.at(-1)).toBe('root@127.0.0.1');
    expect(allowLine('ssh-ed25519 AAAA petri')).toContain("echo 'ssh-ed25519 AAAA petri' >> ~/.ssh/authorized_keys");
  });

  test.each([['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @', 'hostKeyChanged'], ['root@127.0.0.1: Permission denied (publickey).', 'denied'], ['Connection reset', 'other'], ['', 'other']])('%j is %s', (words, refusal) => {
    expect(sshRefusal(words)).toBe(refusal);
  });
});

test('a text is typed with the keys of a US keyboard, and what has no key is named', () => {
  expect(keystrokesFor('aB1!\r\n')).toEqual({
    missing: [],
    strokes: [{ code: 'KeyA', shift: false }, { code: 'KeyB', shift: true }, { code: 'Digit1', shift: false }, { code: 'Digit1', shift: true }, { code: 'Enter', shift: false }],
  });
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
  const { strokes, missing } = keystrokesFor(printable);
  expect(missing).toEqual([]);
  expect(new Set(strokes.map(({ code, shift }) => `${code} ${shift}`)).size).toBe(95);
  expect(keystrokesFor('né€n')).toMatchObject({ missing: ['é', '€'], strokes: [{ code: 'KeyN' }, { code: 'KeyN' }] });
});
