import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBlobs } from '../../../electron/host/storage/blobs.ts';
import { scratch } from '../../support/scratch.ts';

const digestOf = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

describe('blobs', () => {
  it('are found by the digest of their content, whole or in part', () => {
    const blobs = openBlobs(scratch());
    const digest = blobs.put(Buffer.from('0123456789'));
    expect(digest).toBe(digestOf('0123456789'));
    expect(blobs.size(digest)).toBe(10);
    expect(blobs.read(digest).toString()).toBe('0123456789');
    expect(blobs.read(digest, 3, 4).toString()).toBe('3456');
    expect(blobs.read(digest, 8, 100).toString()).toBe('89');
    expect(blobs.read(digest, 100, 5)).toHaveLength(0);
  });

  it('keep the same content once, readable by their owner only', () => {
    const directory = scratch();
    const blobs = openBlobs(directory);
    const digest = blobs.put(Buffer.from('twice'));
    expect(blobs.put(Buffer.from('twice'))).toBe(digest);
    expect(readdirSync(directory, { recursive: true })).toHaveLength(2);
    expect(statSync(blobs.path(digest)).mode & 0o077).toBe(0);
  });

  it('take a file in by moving it, whether its content is new or known', async () => {
    const directory = scratch();
    const blobs = openBlobs(join(directory, 'blobs'));
    for (const name of ['first', 'second']) {
      const file = join(directory, name);
      writeFileSync(file, 'a trace');
      expect(await blobs.putFile(file)).toBe(digestOf('a trace'));
      expect(existsSync(file)).toBe(false);
    }
    expect(readFileSync(blobs.path(digestOf('a trace')), 'utf8')).toBe('a trace');
  });
});
