import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { inspectImage, type ExpectedImage } from '../../../electron/host/qemu/inspectImage.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';

const kernel: ExpectedImage = { kind: 'kernel', architecture: 'i386' };
const good = readFileSync(join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf'));

let directory: string;
beforeEach(() => (directory = scratch()));

function file(content: string | Uint8Array, name = 'image'): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test('the built-in guest is a Multiboot kernel', async () => {
  expect(await inspectImage(file(good), kernel)).toEqual({ bytes: good.length, format: 'multiboot' });
});

test('a file name with spaces, quotes, newlines and other letters is no problem', async () => {
  expect(await inspectImage(file(good, 'a "b"\n..ядро'), kernel)).toMatchObject({ format: 'multiboot' });
});

test('a missing image', async () => {
  const path = join(directory, 'nowhere', 'image');
  const { details, evidence, fix } = await declared('IMAGE_MISSING', () => inspectImage(path, kernel));
  expect(details).toEqual({ path });
  expect(evidence).toEqual(['ENOENT']);
  expect(fix).toContain('choose another file');
});

test('a link that leads nowhere is a missing image', async () => {
  symlinkSync(join(directory, 'nowhere'), join(directory, 'link'));
  await declared('IMAGE_MISSING', () => inspectImage(join(directory, 'link'), kernel));
});

test('an empty image', async () => {
  const { evidence, fix } = await declared('IMAGE_EMPTY', () => inspectImage(file(''), kernel));
  expect(evidence).toEqual(['0 bytes']);
  expect(fix).toContain('again');
});

test.each([
  ['in its header', 20, /^the ELF header$/],
  ['in its program headers', 60, /^the program header table$/],
  ['in what it loads', 9_000, /^segment \d$/],
  ['in its section headers', good.length - 1, /^the section header table$/],
])('an ELF image that is cut off %s', async (_where, bytes, part) => {
  const { details, evidence, fix } = await declared('IMAGE_TRUNCATED', () => inspectImage(file(good.subarray(0, bytes)), kernel));
  expect(details.bytes).toBe(bytes);
  expect(details.expectedBytes).toBeGreaterThan(bytes);
  expect(details.part).toMatch(part);
  expect(evidence[0]).toContain(`the file has ${bytes}`);
  expect(fix).toContain('again');
});

test('a directory', async () => {
  const { details, fix } = await declared('IMAGE_NOT_A_FILE', () => inspectImage(directory, kernel));
  expect(details.kind).toBe('a directory');
  expect(fix).toBe('Choose another file.');
});

test('a named pipe is refused at once, though nobody writes to it', async () => {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const { details } = await declared('IMAGE_NOT_A_FILE', () => inspectImage(path, kernel));
  expect(details.kind).toBe('a named pipe');
});

test('a socket', async () => {
  const path = join(directory, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  await declared('IMAGE_NOT_A_FILE', () => inspectImage(path, kernel));
  server.close();
});

test('a device', async () => {
  const { details } = await declared('IMAGE_NOT_A_FILE', () => inspectImage('/dev/null', kernel));
  expect(details.kind).toBe('a device');
});

test.each(['<!DOCTYPE html><title>404</title>', '\n <html lang="en">', '<?xml version="1.0"?>\n<!DOCTYPE html>', '\u00ef\u00bb\u00bf<HTML>'])('a web page %j', async (page) => {
  const path = file(Buffer.from(page, 'latin1'));
  const { evidence, fix } = await declared('IMAGE_IS_WEB_PAGE', () => inspectImage(path, kernel));
  expect(evidence[0]).toContain('begins with');
  expect(fix).toContain('fetch the image again');
  await declared('IMAGE_IS_WEB_PAGE', () => inspectImage(path, { kind: 'module' }));
});

test('something that is no kernel shows how it begins and what was expected', async () => {
  const { details, evidence } = await declared('IMAGE_UNKNOWN', () => inspectImage(file('just some text, long enough'), kernel));
  expect(evidence[0]).toContain('(just some text, )');
  expect(details.expected).toContain('i386');
});

test('a kernel for another machine is not one for this', async () => {
  const other = Buffer.from(good);
  other.writeUInt16LE(183, 18);
  await declared('IMAGE_UNKNOWN', () => inspectImage(file(other), kernel));
});

test('a Multiboot magic number without its checksum is no kernel', async () => {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0x1badb002, 8);
  await declared('IMAGE_UNKNOWN', () => inspectImage(file(bytes), kernel));
});

test('a module may be anything that is not empty and not cut off', async () => {
  expect(await inspectImage(file('anything'), { kind: 'module' })).toEqual({ bytes: 8, format: 'data' });
  await declared('IMAGE_TRUNCATED', () => inspectImage(file(good.subarray(0, 9_000)), { kind: 'module' }));
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read (skipped for root, who may read everything)', async () => {
  const path = file(good);
  chmodSync(path, 0);
  await declared('PATH_REFUSED', () => inspectImage(path, kernel));
});
