import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { scratch } from '../../support/scratch.ts';
import { noteOf, openNotes } from '../../support/storageFixture.ts';

/** Writes notes and blobs for ever and says each number once it is acknowledged. */
const writer = `
  const [{ openDataDirectory }, { noteOf, openNotes }] = await Promise.all(process.argv.slice(2).map((module) => import(module)));
  const data = openDataDirectory(process.argv[1]);
  const notes = openNotes(data);
  const { writeSync } = await import('node:fs');
  for (let index = notes.all().length; ; index += 1) {
    notes.put('note-' + index, noteOf(index));
    const digest = data.blobs.put(Buffer.alloc(20_000, String(index)));
    writeSync(1, index + ' ' + digest + '\\n');
  }`;

const modules = ['../../../electron/host/storage/dataDirectory.ts', '../../support/storageFixture.ts'].map((path) => join(import.meta.dirname, path));

/** Kills the writer with SIGKILL after so many acknowledgements; what was acknowledged until its end. */
async function writeUntilKilled(path: string, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', writer, path, ...modules], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
    if (output.split('\n').length > acknowledgements) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return output.split('\n').slice(0, -1);
}

describe('a lab that is killed while it writes', () => {
  it('has every record that was acknowledged, whole, and no unfinished file', async () => {
    const path = join(scratch(), 'lab');
    const acknowledged = new Map<number, string>();
    // From the first write on, then at places that are not multiples of anything.
    for (const count of [1, 2, 7, 31]) {
      for (const line of await writeUntilKilled(path, count)) {
        const [index, digest] = line.split(' ');
        acknowledged.set(Number(index), digest ?? '');
      }
      const data = openDataDirectory(path);
      const notes = openNotes(data);
      for (const [index, digest] of acknowledged) {
        expect(notes.get(`note-${index}`)).toEqual(noteOf(index));
        expect(data.blobs.read(digest).equals(Buffer.alloc(20_000, String(index)))).toBe(true);
      }
      expect(notes.invalid()).toEqual([]);
      expect(readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.partial'))).toEqual([]);
      data.dispose();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(41);
  });
});
