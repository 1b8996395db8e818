import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDataDirectory, type DataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { openSampleStore } from '../../../electron/host/storage/samples.ts';
import { purgeTrash } from '../../../electron/host/storage/trash.ts';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { declared } from '../../support/declared.ts';
import { scratch } from '../../support/scratch.ts';
import { openNotes } from '../../support/storageFixture.ts';

function withData(use: (data: DataDirectory) => void): void {
  const data = openDataDirectory(scratch());
  try {
    use(data);
  } finally {
    data.dispose();
  }
}

const DAY_MS = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);

function sampleOf(index: number, changes: Partial<Sample> = {}): Sample {
  return {
    index,
    subject: 'a',
    warmUp: false,
    startedAt: '2026-11-22T00:00:00.000Z',
    outcome: 'complete',
    phases: [
      { name: 'first', status: 'seen', atNs: 1_000, byteOffset: 0, text: 'first' },
      { name: 'last', status: 'seen', atNs: 5_000, byteOffset: 6, text: 'last' },
    ],
    firstByteNs: 900,
    provenance: { instrument: 'serialTrace', technique: 'trace', resolutionNs: 1_000 },
    argv: ['qemu-system-i386'],
    load: 0.5,
    serialDigest: null,
    serialBytes: 10,
    metrics: null,
    failure: null,
    ...changes,
  };
}

describe('a collection', () => {
  it('keeps the order in which documents were made, also after one was replaced', () =>
    withData((data) => {
      const notes = openNotes(data);
      for (const id of ['b', 'a', 'c']) notes.put(id, { text: id });
      notes.put('b', { text: 'new b' });
      expect(notes.all().map(({ text }) => text)).toEqual(['new b', 'a', 'c']);
    }));

  it('moves a document to the trash and takes it back', () =>
    withData((data) => {
      const notes = openNotes(data);
      notes.put('a', { text: 'kept' });
      expect(notes.remove('a')).toBe(true);
      expect([notes.get('a'), notes.all(), notes.remove('a')]).toEqual([undefined, [], false]);
      expect(notes.restore('a')).toEqual({ text: 'kept' });
      expect(notes.all()).toHaveLength(1);
      expect(notes.restore('a')).toBeUndefined();
      expect(notes.restore('never')).toBeUndefined();
    }));

  it('refuses a value that does not fit and keeps the old one', () =>
    withData((data) => {
      const notes = openNotes(data);
      notes.put('a', { text: 'old' });
      expect(() => notes.put('a', { text: 1 } as never)).toThrow();
      expect(notes.get('a')).toEqual({ text: 'old' });
    }));

  it('leaves out a stored document that does not fit, says so, and keeps it', () =>
    withData((data) => {
      const notes = openNotes(data);
      for (const id of ['good', 'bad', 'worse']) notes.put(id, { text: id });
      data.database.prepare(`UPDATE documents SET json = '{"text":7}' WHERE id = 'bad'`).run();
      data.database.prepare(`UPDATE documents SET json = '{"text' WHERE id = 'worse'`).run();
      expect(notes.all()).toEqual([{ text: 'good' }]);
      expect(notes.invalid().map(({ id }) => id)).toEqual(['bad', 'worse']);
      expect(() => notes.get('bad')).toThrow('not valid');
    }));

  it('stores what looks like SQL as what it is', () =>
    withData((data) => {
      const notes = openNotes(data);
      const awkward = `'); DROP TABLE documents; --`;
      notes.put(awkward, { text: awkward });
      expect(notes.get(awkward)).toEqual({ text: awkward });
    }));
});

describe('the trash', () => {
  it('lists what can be restored, what was removed last first, and nothing else', () =>
    withData((data) => {
      const notes = openNotes(data);
      for (const id of ['a', 'b', 'stays']) notes.put(id, { text: id });
      for (const id of ['b', 'a']) notes.remove(id);
      data.database.prepare(`UPDATE documents SET trashed_at = '2026-01-02T00:00:00.000Z' WHERE id = 'b'`).run();
      expect(notes.trashed().map(({ value }) => value.text)).toEqual(['a', 'b']);
      expect(notes.trashed()[1]?.trashedAt).toBe('2026-01-02T00:00:00.000Z');
      notes.restore('a');
      expect(notes.trashed().map(({ value }) => value.text)).toEqual(['b']);
    }));

  it('keeps what was removed for seven days and then forgets it for good', () =>
    withData((data) => {
      const notes = openNotes(data);
      for (const id of ['removed', 'kept']) notes.put(id, { text: id });
      notes.remove('removed');
      expect(purgeTrash(data, daysFromNow(6.9)).documents).toBe(0);
      expect(purgeTrash(data, daysFromNow(7.1)).documents).toBe(1);
      expect([notes.restore('removed'), notes.all()]).toEqual([undefined, [{ text: 'kept' }]]);
    }));

  it('forgets nothing early when the clock was set back', () =>
    withData((data) => {
      const notes = openNotes(data);
      notes.put('a', { text: 'a' });
      notes.remove('a');
      expect(purgeTrash(data, daysFromNow(-1_000)).documents).toBe(0);
      expect(notes.restore('a')).toEqual({ text: 'a' });
    }));

  it('forgets the samples of a run and the blobs to which nothing refers, and no others', () =>
    withData((data) => {
      const runs = openNotes(data, 'runs');
      const samples = openSampleStore(data.database);
      const [lost, shared] = [data.blobs.put(Buffer.from('lost')), data.blobs.put(Buffer.from('shared'))];
      for (const run of ['gone', 'stays']) runs.put(run, { text: run });
      samples.add('gone', sampleOf(0, { serialDigest: lost }));
      samples.add('gone', sampleOf(1, { serialDigest: shared }));
      samples.add('stays', sampleOf(0, { serialDigest: shared }));
      runs.remove('gone');
      expect(purgeTrash(data, daysFromNow(8))).toEqual({ documents: 1, blobs: 1 });
      expect([samples.count('gone'), samples.count('stays')]).toEqual([0, 1]);
      expect([data.blobs.has(lost), data.blobs.has(shared)]).toEqual([false, true]);
    }));

  it('forgets the consoles of a guest and how it ended, and those of no other', () =>
    withData((data) => {
      const [guests, ends] = [openNotes(data, 'guests'), openNotes(data, 'guestEnds')];
      for (const id of ['gone', 'waits', 'stays', '..']) {
        guests.put(id, { text: id });
        ends.put(id, { text: id });
        if (id !== '..') mkdirSync(data.file('consoles', 'guest', id, 'serial0'), { recursive: true });
      }
      for (const id of ['gone', 'waits', '..']) guests.remove(id);
      data.database.prepare(`UPDATE documents SET trashed_at = '2026-01-02T00:00:00.000Z' WHERE id <> 'waits' AND trashed_at IS NOT NULL`).run();
      expect(purgeTrash(data, new Date()).documents).toBe(2);
      expect(readdirSync(data.file('consoles', 'guest')).sort()).toEqual(['stays', 'waits']);
      expect(ends.all().map(({ text }) => text)).toEqual(['waits', 'stays']);
      expect(guests.restore('waits')).toEqual({ text: 'waits' });
    }));
});

describe('the samples', () => {
  it('are given back in the order of their index with every field', () =>
    withData((data) => {
      const samples = openSampleStore(data.database);
      for (const index of [2, 0, 1]) samples.add('run-1', sampleOf(index));
      samples.add('run-2', sampleOf(0));
      expect(samples.list('run-1')).toEqual([0, 1, 2].map((index) => sampleOf(index)));
      expect(samples.count('run-1')).toBe(3);
    }));

  it('are never changed: a second one of the same index is refused', () =>
    withData((data) => {
      const samples = openSampleStore(data.database);
      samples.add('run-1', sampleOf(0));
      expect(() => samples.add('run-1', sampleOf(0, { outcome: 'failed' }))).toThrow('UNIQUE');
      expect(samples.list('run-1')[0]?.outcome).toBe('complete');
    }));

  it('have the boot time beside them only when they are complete', () =>
    withData((data) => {
      const samples = openSampleStore(data.database);
      samples.add('run-1', sampleOf(0));
      samples.add('run-1', sampleOf(1, { outcome: 'incomplete' }));
      expect(data.database.prepare('SELECT boot_ns FROM samples ORDER BY sample_index').pluck().all()).toEqual([4_000, null]);
    }));
});

describe('the blobs', () => {
  it('answer a digest of nothing, or of no digest, with NOT_FOUND', () => {
    const data = openDataDirectory(scratch());
    const cases = ['0'.repeat(64), '../../petri.json', ''].map(async (digest) => {
      await declared('NOT_FOUND', () => data.blobs.read(digest));
      await declared('NOT_FOUND', () => data.blobs.size(digest));
    });
    return Promise.all(cases).finally(() => data.dispose());
  });
});
